/** The cases that the wall counts and orders: looked over at once while they are few, else once a second however many change. */
import { computed, signal } from '@preact/signals';
import { onCase, peekCases } from '../store/state';
import type { Case } from '../wire';

const few = 300;
const rest = 1000;
const looks = signal(0);
let due: ReturnType<typeof setTimeout> | null = null;
let last = -rest;

function look(): void {
  if (due !== null) clearTimeout(due);
  due = null;
  last = performance.now();
  looks.value += 1;
}

/** A tile shows its own case as it changes; what is counted of all of them may be a second old. One that goes is gone at once. */
onCase((_id, now) => {
  if (due !== null && now) return;
  const wait = now && heldCases.peek().length > few ? last + rest - performance.now() : 0;
  if (wait > 0) due = setTimeout(look, wait);
  else look();
});

export const heldCases = computed<readonly Case[]>(() => {
  void looks.value;
  return peekCases();
});
