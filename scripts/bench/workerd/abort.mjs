import unsafe from "workerd:unsafe";

/** Loses the memory of every object, as a fault of the machine does. Not bundled: only the runtime knows the import. */
export default {
  async fetch() {
    unsafe.abortAllDurableObjects();
    return new Response("aborted");
  },
};
