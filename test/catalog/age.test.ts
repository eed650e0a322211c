import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogWarning } from '../../scripts/catalog-age.mjs';
import { AWS, CHECKED, CORRECTIONS, FACTS, LIMITS, PRICES } from '../../scripts/catalog-sources.mjs';

const on = (day: string) => ({ now: Date.parse(`${day}T23:59Z`), checked: '2026-11-28' });

it('says nothing about a catalog of 60 days', () => {
  expect(catalogWarning(on('2027-01-27'))).toBeUndefined();
});

it('warns about a catalog of more than 60 days, and says where to read on', () => {
  const warning = catalogWarning(on('2027-01-28'));
  expect(warning).toContain('61 days ago, on 2026-11-28');
  const [, heading = ''] = /RELEASING\.md, "(.+)"/.exec(warning ?? '') ?? [];
  expect(readFileSync('RELEASING.md', 'utf8')).toContain(`\n## ${heading}\n`);
});

it('refuses a day that is not one', () => {
  expect(() => catalogWarning({ checked: 'soon' })).toThrow(
    'CHECKED in scripts/catalog-sources.mjs is not a day',
  );
});

it('was compared with its sources after they were published', () => {
  const days = [
    ...[FACTS, PRICES, LIMITS, AWS].map(({ published }) => published),
    ...CORRECTIONS.map(({ date }) => date),
  ];
  expect(days.filter((day) => day > CHECKED)).toEqual([]);
});
