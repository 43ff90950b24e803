import { version } from "../app/version.ts";

/** What `--help` shows. */
export const help = (): string => `Bellhop ${version()} carries your product to where its users talk.

Usage
  npm start                 install, build what is stale, migrate, start
  npm start -- COMMAND      the same, then one of these commands
  npx bellhop COMMAND       the same, where it is built already
  bellhop COMMAND           once it is installed

Commands
  start                     start the server (the default)
  status                    what the running server says of itself
  doctor [URL] [--json]     check, from outside, that assistants can link to a server
  doctor [URL] --link       the same, and make and end a real link, which you allow in your browser
  snapshot                  write a snapshot of the embedded database
  restore FILE              put a snapshot in the place of the embedded database
  admin grant EMAIL         make the person who signs in with EMAIL an administrator
  admin revoke EMAIL        take that back
  admin list                who is an administrator
  admin tier set EMAIL TIER [--until DATE]
                            give a person a tier, for good or until a date
  admin tier show EMAIL     what a person has, and how it came to be
  admin bundle grant|revoke EMAIL BUNDLE [--until DATE]
                            give a person a bundle beside their tier, or take it
  admin pause|resume PERSON refuse every change in a person's name, or take that back
  client create NAME        make a client with a secret: chatgpt (a GPT's actions), claude, or a name of yours;
                            [--redirect URI]... [--pkce-optional] [--internal] [--json]
  client list | show ID     every client, or one
  client add-redirect ID URI     let it take answers there (remove-redirect: no more)
  client rotate-secret ID   a new secret; the former one holds on for [--overlap 24h]
  client delete ID          end it with all of its links, at once
  keys list                 the keys that sign access tokens
  keys rotate [--soon]      make the next one: published now, signing in minutes (seconds)
  keys retire KID           end one at once, because it may have leaked
  receipts export --user U --out F
                            the receipts of a person (address or id), as a file that proves itself
  receipts verify F [--keys K]
                            verify such a file, without database and network
  receipts keys [--rotate]  the keys that sign receipts; make a new one
  token EMAIL               a token of 15 minutes, to call the tools for a person from here
  token renew|end SESSION   the next token of its session, or its end
  help                      this text

Options
  -h, --help                this text
  -v, --version             the version

Settings are environment variables, or lines of a file .env in the working directory
  PORT                      port to listen on (3002)
  HOST                      address to listen on (127.0.0.1)
  SERVER_BASE_URL           where others reach the server (http://localhost:PORT)
  BELLHOP_DATA_DIR          where data lies (./data)
  DATABASE_URL              PostgreSQL instead of the embedded database
  The rest is in docs/settings.md.`;
