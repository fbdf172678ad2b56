import { describe, expect, it } from 'vitest';
import { escapeMarkdown, javascriptText, markdownCode } from './escape-markdown';

describe('escapeMarkdown', () => {
  it('lets neither HTML nor Markdown through', () => {
    expect(escapeMarkdown('<script>alert(1)</script>')).toBe('&#60;script&#62;alert(1)&#60;/script&#62;');
    expect(escapeMarkdown('a | b\n# *c* [d](e) `f`')).toBe(String.raw`a \| b\\n# \*c\* \[d\](e) \`f\``);
    expect(escapeMarkdown('&lt; https://a www.b')).toBe('&#38;lt; https&#58;//a www&#46;b');
  });

  it('shows control characters', () => {
    expect(escapeMarkdown('\u001b[2Jx')).toBe(String.raw`\\x1b\[2Jx`);
  });

  it('leaves plain words alone', () => {
    expect(escapeMarkdown('T-shirt/top (no. 7), Straße')).toBe('T-shirt/top (no. 7), Straße');
    expect(escapeMarkdown('test_b_lenet _em_')).toBe(String.raw`test_b_lenet \_em\_`);
  });
});

it('sets as code what cannot end it', () => {
  expect(markdownCode('conv1_relu')).toBe('`conv1_relu`');
  expect(markdownCode('a`<b>|')).toBe(String.raw`a\`&#60;b&#62;\|`);
  expect(markdownCode('a\nb')).toBe('`a\\nb`');
});

it('quotes text for JavaScript', () => {
  const text = "it's a \\ and\n```";
  const shown = javascriptText(text);
  expect(shown).not.toMatch(/[\n`]/);
  expect(JSON.parse(`"${shown.slice(1, -1).replaceAll("\\'", "'").replaceAll('\\x60', '`')}"`)).toBe(text);
});
