import type { HelmChart, VersionSource, VersionsAnswer } from '@xanthus/proto/applications';

export type SourceProblemCode = NonNullable<VersionsAnswer['problem']>['code'];

/** A source could not be asked, or its answer is none. The message is for people. */
export class SourceError extends Error {
  constructor(readonly code: SourceProblemCode, message: string, /** Not to be asked before, ms since 1970. */ readonly retryAt: number | null = null) {
    super(message);
  }
}

/** A version as its source tells it. */
export interface FoundVersion {
  readonly tag: string;
  readonly prerelease: boolean;
  readonly published_at: string | null;
  /** Charts: what it deploys. */
  readonly app_version: string | null;
  readonly notes: string | null;
}

export interface Asked { readonly source: VersionSource; readonly chart: Pick<HelmChart, 'repository' | 'chart' | 'version'> }

/** One kind of place where versions are published. */
export interface VersionSourcePort {
  /** @throws SourceError */
  list(asked: Asked): Promise<readonly FoundVersion[]>;
}
