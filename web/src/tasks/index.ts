/** The one list of tasks. */
import type { TaskId } from '../state/settings.ts';
import { digits } from './digits/index.ts';
import { points } from './points/index.ts';
import type { Task } from './task.ts';

export const tasks: Record<TaskId, Task> = { points, digits };
