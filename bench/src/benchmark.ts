export type Unit = 'ms' | '/s' | 's' | 'MB' | 'KB' | 'µs';

/** One line of a result. Times are p50 (and p99), rates and sizes are medians of the rounds. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: number;
  readonly ours_p99?: number;
  readonly raw?: number;
  readonly raw_p99?: number;
  /** Ours to raw, and the spread of the rounds. */
  readonly ratio?: number;
  readonly spread?: readonly [number, number];
  /** The budget of docs/performance in words; absent: for information. */
  readonly budget?: string;
  readonly met?: boolean;
}

export interface Outcome {
  readonly rows: readonly Row[];
  /** Settings and what raw means here. */
  readonly notes: readonly string[];
  /** Where the time of the process under test goes; absent: it is this process. */
  readonly profile?: string;
}

export interface RunOptions {
  /** At most ten seconds: shows that it works, its figures are worth little. */
  readonly quick: boolean;
  /** Fill `Outcome.profile` where the process under test is another one. */
  readonly profile: boolean;
  /** Anything slow that is under way. */
  progress(line: string): void;
}

export interface Benchmark {
  readonly id: string;
  readonly title: string;
  run(options: RunOptions): Promise<Outcome>;
}
