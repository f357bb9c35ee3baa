import type { ComponentChild } from 'preact';

const link = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** What people wrote, with line breaks kept and links that open elsewhere without telling from where. */
export function Said({ text }: { text: string }) {
  const parts: ComponentChild[] = [];
  let from = 0;
  for (const match of text.matchAll(link)) {
    parts.push(text.slice(from, match.index));
    parts.push(<a class="t-link" href={match[0]} target="_blank" rel="noopener noreferrer nofollow">{match[0]}</a>);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return <span class="words">{parts}</span>;
}
