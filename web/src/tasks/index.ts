/** The one list of tasks, in the order in which the page offers them. */
import { digits } from './digits/index.ts';
import { forecast } from './forecast/index.ts';
import { points } from './points/index.ts';
import { puzzles } from './puzzles/index.ts';
import type { Task } from './task.ts';
import { melville, tang } from './writing/index.ts';

const list = { points, digits, melville, tang, puzzles, forecast };

export type TaskId = keyof typeof list;
export const tasks: Record<TaskId, Task> = list;
export const taskIds = Object.keys(list) as TaskId[];
