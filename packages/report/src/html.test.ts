import { expect, it } from 'vitest';
import { html, markup, scriptJson } from './html';

it('escapes what is inserted, except markup', () => {
  const name = `<img onerror="x">&'`;
  expect(html`<p title="${name}">${name}${markup('<b>')}${[1, html`<i>${2}</i>`]}${null}</p>`.text).toBe(
    '<p title="&#60;img onerror=&#34;x&#34;&#62;&#38;&#39;">&#60;img onerror=&#34;x&#34;&#62;&#38;&#39;<b>1<i>2</i></p>',
  );
});

it('shows control characters instead of sending them', () => {
  expect(html`<td>${'a\u001b[2Jb\nc'}</td>`.text).toBe('<td>a\\x1b[2Jb\\nc</td>');
});

it('keeps a number and its unit together', () => {
  expect(html`${'98.1 % of 1.14 M'}`.text).toBe('98.1\u00a0% of 1.14\u00a0M');
});

it('writes JSON that cannot end its script element', () => {
  const value = { name: '</script><script>alert(1)</script>' };
  const { text } = scriptJson(value);
  expect(text).not.toContain('<');
  expect(JSON.parse(text)).toEqual(value);
});
