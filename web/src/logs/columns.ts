/** How wide text is on a terminal: letters of East Asia and pictures take two columns, marks on a letter none. Pure. */

// oxlint-disable-next-line no-control-regex -- everything of one column that is common
const NARROW = /^[\u0000-\u02FF]*$/;
const WIDE = /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
const NONE = /\p{Mn}|\p{Me}/u;

export const columnsOf = (text: string): number => {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const letter of text) columns += NONE.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return columns;
};
