import { Component, type ComponentType, type FunctionComponent, h } from 'preact';

/** A component that is drawn again only if one of its properties is another. */
export function memo<Props extends object>(View: FunctionComponent<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return differ(this.props as Record<string, unknown>, next as Record<string, unknown>);
    }
    override render() {
      return h(View as FunctionComponent<object>, this.props);
    }
  };
}

function differ(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].some((name) => a[name] !== b[name]);
}
