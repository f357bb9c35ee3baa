import { createContext } from 'preact';

/** The thread that items and composer belong to. `watching` is a supervisor's view: nothing in it marks as read. */
export const ThreadContext = createContext<{ id: string; watching: boolean }>({ id: '', watching: false });
