/** Every step of something longer is an event too; its start and its end say enough to most readers. Pure. */
const STEPS: ReadonlySet<string> = new Set(['StepStarted', 'StepProgressed', 'RemovalStepStarted', 'OperationProgressed', 'OperationFinished']);

export const isStep = (type: string): boolean => STEPS.has(type);
export const withoutSteps = <T extends { readonly type: string }>(rows: readonly T[]): readonly T[] => rows.filter(r => !isStep(r.type));
