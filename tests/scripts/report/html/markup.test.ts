import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from '../../../../scripts/report/html/markup.ts';

describe('markup', () => {
  it('escapes what is text, and not what is markup already', () => {
    const inner = html`<b title="${'"<&>\''}">${'</b>'}</b>`;
    expect(inner.text).toBe('<b title="&quot;&lt;&amp;&gt;&#39;">&lt;/b&gt;</b>');
    expect(html`<p>${inner}${[inner]}${7}</p>`.text).toBe(`<p>${inner.text}${inner.text}7</p>`);
  });

  it('never lets text out of its place, and loses none of it but control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        const back = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" } as const;
        const read = escaped.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: keyof typeof back) => {
          return back[name];
        });
        const isControl = /(?![\t\n])\p{Cc}/gu;
        expect(read).toBe(text.replaceAll(isControl, '\ufffd'));
      }),
    );
  });
});
