/** Numbers that only grow, in four bytes each: which lines are shown, which were found. Pure. */
export class LineList {
  #numbers = new Uint32Array(1_024);
  #from = 0;
  #to = 0;

  get length(): number { return this.#to - this.#from; }
  at(index: number): number | undefined { return index < 0 || index >= this.length ? undefined : this.#numbers[this.#from + index]; }

  push(number: number): void {
    if (this.#to === this.#numbers.length) {
      const grown = new Uint32Array(Math.max(1_024, this.length * 2));
      grown.set(this.#numbers.subarray(this.#from, this.#to));
      this.#to -= this.#from;
      this.#from = 0;
      this.#numbers = grown;
    }
    this.#numbers[this.#to++] = number;
  }

  /** How many are smaller: also where `number` is, or would be. */
  indexOf(number: number): number {
    let [low, high] = [this.#from, this.#to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low - this.#from;
  }

  has(number: number): boolean { return this.at(this.indexOf(number)) === number; }
  /** @returns how many went */
  dropBelow(number: number): number {
    const gone = this.indexOf(number);
    this.#from += gone;
    return gone;
  }
}
