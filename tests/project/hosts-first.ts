/** The order of test files: those that wait for real hosts first. */
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * Hosts first: while a file waits for them, other workers have work. At the end they would keep
 * two cores idle, and between other files each would cost a worker all that it has loaded.
 */
export class HostsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isHost = ({ project }: TestSpecification) => project.name === 'hosts';
    return [...sorted.filter(isHost), ...sorted.filter((file) => !isHost(file))];
  }
}
