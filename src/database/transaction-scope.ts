import { AsyncLocalStorage } from "node:async_hooks";
import type { KyselyPlugin } from "kysely";

const scope = new AsyncLocalStorage<"transaction">();

/** Runs `work` marked as inside a transaction. */
export const markTransaction = <T>(work: () => Promise<T>): Promise<T> => scope.run("transaction", work);

/**
 * Guards a port to the outside: while a transaction is open nothing but the database may be waited for,
 * so a call from inside one is a fault of ours and throws.
 */
export function outsideTransactions<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        if (scope.getStore()) throw new Error(`${String(name)} reaches outside while a transaction is open.`);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/**
 * Guards a handle that belongs outside any transaction: on PGlite a statement through it would wait for the open
 * transaction for ever, and on PostgreSQL it would be committed on its own.
 */
export const outsideOnly: KyselyPlugin = {
  transformQuery({ node }) {
    if (scope.getStore()) throw new Error("Inside a transaction, use only the handle that it hands in.");
    return node;
  },
  transformResult: async ({ result }) => result,
};
