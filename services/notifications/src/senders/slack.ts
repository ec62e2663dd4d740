/** A letter as Slack's incoming webhooks take it, and what is compatible (Mattermost, Rocket.Chat, Discord's `/slack`). Pure. */
import type { Letter } from './sender.js';
import { labelOf, linkOf, sentenceOf, shownOf, titleOf, unshownOf } from './words.js';

const ICON = { error: '🔴', warning: '🟠', info: '🔵' } as const;
/** Longest text of a section, by Slack's reference of blocks. */
const SECTION = 2_900;

/** The three characters that Slack's markup is made of: nothing in a text can be a link, a mention or a channel. https://docs.slack.dev/messaging/formatting-message-text */
export const escapeSlack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
/** Emphasis within a text would be shown as such. */
const plain = (text: string): string => escapeSlack(text).replaceAll(/[*_~`]/g, c => `\u200b${c}`);

const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, SECTION) } });

export const slackOf = (letter: Letter): object => {
  const title = titleOf(letter);
  const rows = shownOf(letter).map((n) => {
    const link = linkOf(letter.url, n);
    return section(`${n.what === 'resolved' ? '✅' : ICON[n.severity]} *${labelOf(n)}* ${plain(sentenceOf(n))}${link === null ? '' : ` <${encodeURI(link)}|Show>`}`);
  });
  const rest = unshownOf(letter);
  return {
    text: escapeSlack(title),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: title.slice(0, 150), emoji: false } }, ...rows, ...(rest > 0 ? [section(`… and ${rest} more.`)] : [])],
  };
};
