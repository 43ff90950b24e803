/** Tells whether a value from outside has a shape. Extra members are let through. */
export type Guard<T> = (value: unknown) => value is T;

/** The type that a guard proves. */
export type Guarded<G> = G extends Guard<infer T> ? T : never;

export const isText: Guard<string> = (value): value is string => typeof value === "string";

export const isNumber: Guard<number> = (value): value is number => typeof value === "number";

export const isFlag: Guard<boolean> = (value): value is boolean => typeof value === "boolean";

export const isObject: Guard<Readonly<Record<string, unknown>>> = (value): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** One of a few words. */
export const isOneOf =
  <const Words extends readonly string[]>(...words: Words): Guard<Words[number]> =>
  (value): value is Words[number] =>
    words.some((word) => word === value);

export const isNullOr =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value);

export const isAbsentOr =
  <T>(guard: Guard<T>): Guard<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || guard(value);

export const isListOf =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every((item) => guard(item));

type Shape = Readonly<Record<string, Guard<unknown>>>;

/** An object whose named members each pass their guard. */
export const isShape =
  <S extends Shape>(shape: S): Guard<{ readonly [Name in keyof S]: Guarded<S[Name]> }> =>
  (value): value is { readonly [Name in keyof S]: Guarded<S[Name]> } =>
    isObject(value) && Object.entries(shape).every(([name, guard]) => guard(value[name]));
