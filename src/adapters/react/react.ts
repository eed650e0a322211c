// React is an optional peer, and so are its types: only this file imports it, and says what it uses.
// @ts-expect-error React is not installed in this repository.
import * as React from 'react';

interface Hooks {
  useEffect(effect: () => undefined | (() => void), dependencies?: readonly unknown[]): void;
  useState<State>(create: () => State): [state: State, set: unknown];
  useSyncExternalStore<Snapshot>(
    subscribe: (onChange: () => void) => () => void,
    read: () => Snapshot,
    readOnServer: () => Snapshot,
  ): Snapshot;
}

export const { useEffect, useState, useSyncExternalStore } = React as Hooks;
