import { AppError } from "../kernel/errors.ts";

/** For `catch` of a promise: refuses by `answer` what was foreseen; what was not goes on to be logged. */
export const refusing =
  <T>(answer: (error: AppError) => T) =>
  (error: unknown): T => {
    if (error instanceof AppError) return answer(error);
    throw error;
  };
