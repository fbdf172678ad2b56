import { describe, expect, it } from 'vitest';
import { decodeExits, encodeExits, programFor } from './layers-state';

describe('exits in a link', () => {
  const exits = [
    { after: 'conv1', head: 'pooled' },
    { after: 'group1/block2#2', head: 'linear' },
  ];

  it('come back as they were', () => {
    expect(decodeExits(encodeExits(exits))).toEqual(exits);
    expect(decodeExits('')).toEqual([]);
  });

  it('are left alone where they cannot be read', () => {
    for (const text of [null, 'conv1', '~pooled', 'a~b~c']) expect(decodeExits(text)).toBeNull();
  });

  it('are a program', () => {
    expect(programFor('lenet', exits)).toContain("{ after: 'conv1', head: 'pooled' },");
    expect(programFor(null, [])).toContain('loadPlainModel');
  });
});
