import { describe, expect, it } from 'vitest';
import { addMember, findMembers, replaceValue } from '../../src/gateway/pass/json-members.js';

describe('findMembers()', () => {
  it.each([
    ['{}', {}],
    [' { "a" : 1 , "b":[1,{"a":2}], "c":{"d":"}"} } ', { a: '1', b: '[1,{"a":2}]', c: '{"d":"}"}' }],
    ['{"a\\"b":"\\\\","c\\u0064":null}', { 'a"b': '"\\\\"', cd: 'null' }],
    ['{"a":"x\\\\\\"y,}","b":true}', { a: '"x\\\\\\"y,}"', b: 'true' }],
    ['{"a":[[],{},[{}]],"":0}', { a: '[[],{},[{}]]', '': '0' }],
  ])('finds the values of %s', (text, expected) => {
    const { values, repeated } = findMembers(text);
    expect(
      Object.fromEntries([...values].map(([name, { from, to }]) => [name, text.slice(from, to).trim()])),
    ).toEqual(expected);
    expect(repeated).toBeUndefined();
  });

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"x":[{"b":{"c":1,"d":{},"c":2}}]}', 'c'],
    ['{"a":{"b":1},"c":{"b":1}}', undefined],
    ['[{"a":1},{"a":2}]', undefined],
    ['{"a":"\\"a\\":1","b":["a","a"]}', undefined],
  ])('finds a name that is there twice: %s', (text, expected) => {
    expect(findMembers(text).repeated).toBe(expected);
  });

  it('takes a body of many quotes, backslashes and objects in one pass', () => {
    const parts = Array.from({ length: 2000 }, (_, i) => `{"k${i}":"${'\\\\'.repeat(200)}\\""}`);
    const text = `{"a":[${parts.join(',')}],"model":"m"}`;
    JSON.parse(text);
    const members = findMembers(text);
    expect(replaceValue(text, members, 'model', 'other')).toBe(text.replace('"m"}', '"other"}'));
  });
});

describe('changes', () => {
  it.each([
    ['{"model":"a","x":1.0}', '{"model":"b","x":1.0}'],
    ['{ "x" : [ 1e3 ] , "model" : "a" }', '{ "x" : [ 1e3 ] , "model" :"b"}'],
  ])('replace one value of %s and keep the rest', (text, expected) => {
    expect(replaceValue(text, findMembers(text), 'model', 'b')).toBe(expected);
  });

  it.each([
    [' {} ', ' {"a":{"b":1}} '],
    ['{ "c":2}', '{"a":{"b":1}, "c":2}'],
  ])('add a member to %s', (text, expected) => {
    expect(addMember(text, findMembers(text), 'a', { b: 1 })).toBe(expected);
  });
});
