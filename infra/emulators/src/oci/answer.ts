/** What Oracle says no with: `{code, message}` and a status. */
export class OciRefusal extends Error {
  override readonly name = 'OciRefusal';
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}
export const refuse = (status: number, code: string, message: string): never => { throw new OciRefusal(status, code, message); };
/** As Oracle words both, so that nobody learns what exists. */
export const notFound = (): never => refuse(404, 'NotAuthorizedOrNotFound', 'Authorization failed or requested resource not found.');
