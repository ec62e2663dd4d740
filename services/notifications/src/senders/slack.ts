/** A letter as Slack's incoming webhooks take it, and what is compatible (Mattermost, Rocket.Chat, Discord's `/slack`). Pure. */
import type { Letter } from './sender.js';
import { labelOf, linkOf, sentenceOf, shownOf, titleOf, unshownOf } from './words.js';

const ICON = { error: '🔴', warning: '🟠', info: '🔵' } as const;
/** Of one sentence, so that a section stays within the 3,000 characters of Slack's reference of blocks however it is escaped. */
const SENTENCE = 400;

/** The three characters that Slack's markup is made of: nothing in a text can be a link, a mention or a channel. https://docs.slack.dev/messaging/formatting-message-text */
export const escapeSlack = (text: string): string => quiet(text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
/** Mattermost and Discord call everybody by a plain word. */
const quiet = (text: string): string => text.replaceAll(/@(?=(?:all|channel|everyone|here)\b)/gi, '@\u200b');
/** Emphasis within a text would be shown as such. */
const plain = (text: string): string => escapeSlack(text).replaceAll(/[*_~`]/g, c => `\u200b${c}`);

const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });

export const slackOf = (letter: Letter): object => {
  const title = titleOf(letter);
  const rows = shownOf(letter).map((n) => {
    const link = linkOf(letter.url, n);
    return section(`${n.what === 'resolved' ? '✅' : ICON[n.severity]} *${labelOf(n)}* ${plain(sentenceOf(n).slice(0, SENTENCE))}${link === null ? '' : ` <${encodeURI(link)}|Show>`}`);
  });
  const rest = unshownOf(letter);
  return {
    text: escapeSlack(title),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: quiet(title).replaceAll('<', '‹').replaceAll('>', '›').slice(0, 150), emoji: false } }, ...rows, ...(rest > 0 ? [section(`… and ${rest} more.`)] : [])],
  };
};
