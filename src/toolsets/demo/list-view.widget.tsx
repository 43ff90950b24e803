import { type Guarded, isFlag, isListOf, isOneOf, isShape, isText } from "../../ui/guards.ts";
import { showWidget } from "../../ui/show-widget.tsx";
import type { ItemStatus } from "./statuses.ts";

const isStatus = isOneOf("open", "approved", "rejected", "archived");

const isItem = isShape({
  id: isText,
  title: isText,
  description: isText,
  actionable: isFlag,
  metadata: isShape({ status: isStatus }),
});
type Item = Guarded<typeof isItem>;

const isItemList = isShape({ items: isListOf(isItem) });

const statusWords: Readonly<Record<ItemStatus, string>> = {
  open: "Waits for you",
  approved: "Approved",
  rejected: "Rejected",
  archived: "Archived",
};

/** Amber waits for the person, green is done; the word beside it says the same. */
const statusLooks: Readonly<Record<ItemStatus, string>> = {
  open: "tag is-waiting",
  approved: "tag is-done",
  rejected: "tag",
  archived: "tag",
};

const heading = (items: readonly Item[]): string => (items.length === 1 ? "1 item" : `${items.length} items`);

function waiting(items: readonly Item[]): string {
  const count = items.filter((item) => item.actionable).length;
  return count === 0 ? "Nothing waits for you" : `${count} ${count === 1 ? "waits" : "wait"} for you`;
}

const Row = ({ item }: { readonly item: Item }) => (
  <li>
    <div className="head">
      <strong className="own-words">{item.title}</strong>
      <span className={statusLooks[item.metadata.status]}>{statusWords[item.metadata.status]}</span>
    </div>
    <p className="quiet own-words">{item.description}</p>
  </li>
);

/** The answer of `get-items`: each item with where it stands. */
showWidget({
  title: "Items",
  shape: isItemList,
  draw: ({ items }) =>
    items.length === 0 ? (
      <p className="note">There are no items to show.</p>
    ) : (
      <>
        <div className="head">
          <h1>{heading(items)}</h1>
          <span className="quiet small">{waiting(items)}</span>
        </div>
        <ul className="rows">
          {items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
        </ul>
      </>
    ),
});
