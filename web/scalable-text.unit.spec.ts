import { describe, expect, it } from '@jest/globals';
import { scalable } from './scalable-text.js';

describe('text that scales', () => {
  it('has its size in rem, and so has the width of a page', () => {
    expect(scalable('.a{font-size:14px}.b{font-size:12.5px;color:red}.c{max-width:1180px}')).toBe('.a{font-size:1rem}.b{font-size:0.8929rem;color:red}.c{max-width:84.2857rem}');
  });
  it('leaves everything else as it is, questions about the window too', () => {
    const css = '@media (max-width:767px){.a{border:1px solid;padding:13px;max-width:210px}}';
    expect(scalable(css)).toBe(css);
  });
});
