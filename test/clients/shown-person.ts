import * as z from "zod";

const details = z.object({ user: z.object({ ref: z.string() }) });

/** Whom the consent page shows as signed in, by what `GET /api/consent` answered: an approval names them. */
export const shownPerson = async (answer: Response): Promise<string> => details.parse(await answer.json()).user.ref;
