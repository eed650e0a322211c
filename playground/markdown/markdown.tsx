import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { memo } from '../view/memo.js';
import { type Block, readBlocks } from './blocks.js';
import { CodeBlock } from './code-block.js';
import { type Inline, readInline } from './inline.js';
import { safeHref, showDeceptive } from './safe-link.js';
import { type Section, splitSections } from './sections.js';

/**
 * Shows Markdown. It becomes elements, never HTML: whatever a model writes can neither run nor load anything.
 *
 * @param props.isGrowing Whether more of the text is to come.
 */
export function Markdown({ text, isGrowing = false }: { text: string; isGrowing?: boolean }) {
  const sections = useRef<readonly Section[]>([]);
  sections.current = splitSections(text, sections.current);
  const last = sections.current.length - 1;
  return (
    <div class="prose" dir="auto">
      {sections.current.map((section, i) => (
        <SectionView key={section.at} section={section} isGrowing={isGrowing && i === last} />
      ))}
    </div>
  );
}

const SectionView = memo(({ section, isGrowing }: { section: Section; isGrowing: boolean }) => (
  <>{readBlocks(section.text).map((block, i) => blockView(block, i, isGrowing))}</>
));

function blockView(block: Block, key: number, isGrowing: boolean): VNode {
  const inline = (text: string): ComponentChildren => readInline(text, isGrowing).map(inlineView);
  switch (block.kind) {
    case 'heading': {
      // The page has the first two levels itself.
      const Heading = `h${Math.min(6, block.level + 2)}` as 'h3';
      return (
        <Heading key={key} dir="auto">
          {inline(block.text)}
        </Heading>
      );
    }
    case 'code':
      return (
        <CodeBlock key={key} text={block.text} language={block.language} isOpen={block.isOpen && isGrowing} />
      );
    case 'quote':
      return <blockquote key={key}>{block.blocks.map((one, i) => blockView(one, i, isGrowing))}</blockquote>;
    case 'list':
      return <ListView key={key} list={block} isGrowing={isGrowing} />;
    case 'table':
      return (
        <section key={key} class="table" tabIndex={0} aria-label="Table">
          <table>
            <thead>
              <tr>
                {block.head.map((cell, i) => (
                  <th key={i} scope="col" class={block.aligns[i]} dir="auto">
                    {inline(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={j} class={block.aligns[j]} dir="auto">
                      {inline(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      );
    case 'rule':
      return <hr key={key} />;
    default:
      return (
        <p key={key} dir="auto">
          {inline(block.text)}
        </p>
      );
  }
}

function ListView({ list, isGrowing }: { list: Extract<Block, { kind: 'list' }>; isGrowing: boolean }) {
  const items = list.items.map((blocks, i) => <li key={i}>{itemView(blocks, isGrowing)}</li>);
  return list.start === undefined ? <ul>{items}</ul> : <ol start={list.start}>{items}</ol>;
}

const TASK = /^\[([ xX])\] /;

/** The first paragraph of an item is its line; a box before it can be ticked. */
function itemView(blocks: readonly Block[], isGrowing: boolean): ComponentChildren {
  return blocks.map((block, i) => {
    if (i > 0 || block.kind !== 'paragraph') return blockView(block, i, isGrowing);
    const box = TASK.exec(block.text)?.[1];
    const text = box === undefined ? block.text : block.text.slice(4);
    return (
      <span key={i} dir="auto">
        {box !== undefined && <input type="checkbox" checked={box !== ' '} disabled aria-label="Task" />}
        {readInline(text, isGrowing).map(inlineView)}
      </span>
    );
  });
}

const TAGS = { strong: 'strong', emphasis: 'em', deleted: 's' } as const;

function inlineView(piece: Inline, key: number): ComponentChildren {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'code':
      return <code key={key}>{showDeceptive(piece.text)}</code>;
    case 'break':
      return <br key={key} />;
    case 'link':
      return linkView(piece.href, piece.content.map(inlineView), key);
    // An image would tell its server what the conversation says, so that only its address is shown.
    case 'image':
      return linkView(piece.href, `Image: ${piece.alt || piece.href}`, key);
    default: {
      const Tag = TAGS[piece.kind];
      return <Tag key={key}>{piece.content.map(inlineView)}</Tag>;
    }
  }
}

/** The address is shown when a link is pointed at: a model can call it anything. */
function linkView(address: string, content: ComponentChildren, key: number): VNode {
  const href = safeHref(address);
  if (href === undefined) return <span key={key}>{content}</span>;
  return (
    <a key={key} href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {content}
    </a>
  );
}
