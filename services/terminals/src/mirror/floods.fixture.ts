/** Output that grows or stalls an emulator, and how much of it is worth writing at once: some bytes are much work. */
export const FLOODS: readonly { readonly text: string; readonly bytes: number }[] = [
  { text: 'x', bytes: 4_000_000 }, { text: '\n', bytes: 400_000 }, { text: 'e\u0301'.repeat(4), bytes: 400_000 }, { text: '\u0301', bytes: 1_000_000 }, { text: '\x1b[38;2;1;2;3m中', bytes: 400_000 },
  { text: '\x1b]2;', bytes: 200_000 }, { text: '\x1b]2;t\x07', bytes: 200_000 }, { text: '\x1bPq~', bytes: 200_000 }, { text: '\x1b_G', bytes: 200_000 }, { text: `\x1b[${'1;'.repeat(500)}`, bytes: 1_000_000 }, { text: '\x1b', bytes: 1_000_000 }, { text: '\u009d\u009b', bytes: 200_000 },
  { text: '\x1b]8;;https://example.org/x\x07y', bytes: 400_000 }, { text: '\x1b]8;id=q;https://example.org/x\x07\x1b]8;;\x07', bytes: 400_000 }, { text: '\x1b]4;1;#123456\x07', bytes: 200_000 }, { text: '\x1b]133;B\x07', bytes: 100_000 }, { text: '\x1b[6n', bytes: 100_000 },
  { text: '\x1b[2147483647S', bytes: 40_000 }, { text: '\x1b[2147483647L', bytes: 40_000 }, { text: 'a\x1b[99999b', bytes: 4_000 }, { text: '\x1b[2J', bytes: 40_000 }, { text: '\x1bc', bytes: 8_000 }, { text: '\x1b[?1049h\x1b[?1049l\x1b7', bytes: 40_000 }, { text: '\x1b#8', bytes: 20_000 },
  { text: `\x1b]2;${'t'.repeat(500_000)}`, bytes: 2_000_000 }, { text: `\x1bPq${'~'.repeat(500_000)}`, bytes: 2_000_000 }, { text: `\x1b_G${'A'.repeat(500_000)}`, bytes: 2_000_000 }, { text: `\x1b]52;c;${'A'.repeat(500_000)}`, bytes: 2_000_000 }, { text: `\x1b]1337;File=:${'A'.repeat(500_000)}`, bytes: 2_000_000 },
];
