/** What a test has made and must be gone after its file, also when it fails. */
import { afterAll } from 'vitest';

const actions: (() => void)[] = [];

// Registered while the file is read: a hook within a hook or a test would be forgotten.
afterAll(() => {
  for (const action of actions.splice(0).reverse()) action();
});

/** Does `action` after the tests of this file; last made, first gone. */
export function afterFile(action: () => void): void {
  actions.push(action);
}
