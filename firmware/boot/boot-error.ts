/** Why a firmware does not boot: a stable code, the component, what is wrong and what to do. */
export class BootError extends Error {
  readonly code: string;
  readonly component: string;
  readonly hint: string;

  constructor(code: string, component: string, message: string, hint: string) {
    super(message);
    this.name = 'BootError';
    this.code = code;
    this.component = component;
    this.hint = hint;
  }
}
