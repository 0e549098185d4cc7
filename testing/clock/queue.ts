/**
 * What is due, in the order of its time: a binary heap.
 *
 * @module
 */

/** Something that is due at a moment of the simulation. */
export interface Alarm {
  /** When, in milliseconds since the network was made. */
  time: number;
  /** Alarms of the same time go off in this order. */
  order: number;
  /** What happens then. */
  readonly action: () => void;
  /** Whether nobody waits for it: a probe, or a timer that is not referenced. */
  background: boolean;
  /** Where the heap has it; -1 if it is not due any more. */
  place: number;
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** Alarms, the next one first. */
export class AlarmQueue {
  readonly #heap: Alarm[] = [];
  #foreground = 0;

  /** How many alarms somebody waits for. */
  get foreground(): number {
    return this.#foreground;
  }

  /** The next alarm, which stays in the queue. */
  get first(): Alarm | undefined {
    return this.#heap[0];
  }

  /** Let it go off at its time. */
  add(alarm: Alarm): void {
    if (!alarm.background) this.#foreground++;
    this.#put(alarm, this.#heap.length);
    this.#rise(alarm);
  }

  /** Take it out, if it is in. */
  remove(alarm: Alarm): void {
    const { place } = alarm;
    if (place < 0) return;
    if (!alarm.background) this.#foreground--;
    alarm.place = -1;
    const last = this.#heap.pop()!;
    if (last === alarm) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Say whether somebody waits for it. */
  setBackground(alarm: Alarm, background: boolean): void {
    if (alarm.place >= 0 && alarm.background !== background) {
      this.#foreground += background ? -1 : 1;
    }
    alarm.background = background;
  }

  #put(alarm: Alarm, place: number): void {
    this.#heap[place] = alarm;
    alarm.place = place;
  }

  #rise(alarm: Alarm): void {
    while (alarm.place > 0) {
      const place = alarm.place;
      const parent = this.#heap[(place - 1) >> 1]!;
      if (!isBefore(alarm, parent)) return;
      this.#put(alarm, parent.place);
      this.#put(parent, place);
    }
  }

  #sink(alarm: Alarm): void {
    for (;;) {
      const place = alarm.place;
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, alarm)) return;
      this.#put(alarm, child.place);
      this.#put(child, place);
    }
  }
}
