/**
 * `explore` finds the mistakes of a small client, and none where there is none.
 *
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { explore, ExploreError, type Network } from "../../testing/mod.ts";
import {
  DoublingClient,
  type Mistake,
  MISTAKES,
  serve,
} from "./line_client.ts";

/** Five questions, and the right answers. */
function scenario(mistake?: Mistake): (network: Network) => Promise<void> {
  return async (network) => {
    const [app, db] = [network.host("app"), network.host("db")];
    const server = serve(db, 5432);
    const client = new DoublingClient(
      () => app.net.connect(5432, "db"),
      mistake,
    );
    try {
      for (let number = 1; number <= 5; number++) {
        const reply = await client.double(number);
        assert.equal(reply, `double ${number} is ${2 * number}`);
      }
    } finally {
      client.close();
      server.close();
    }
  };
}

for (const mistake of MISTAKES) {
  test(`explore: finds a client that ${mistake}`, async () => {
    const error = await explore({ seeds: 200 }, scenario(mistake)).then(
      () => assert.fail("nothing was found"),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ExploreError, String(error));
    assert.match(error.message, new RegExp(`^seed ${error.seed} fails: `));
    assert.ok(error.trace.entries.length > 0);
    // The same seed fails again, in the same way.
    const again = await explore({ seeds: [error.seed] }, scenario(mistake))
      .then(
        () => assert.fail("the seed does not fail again"),
        (error: unknown) => error,
      );
    assert.ok(again instanceof ExploreError);
    assert.equal(again.message, error.message);
    assert.deepEqual(again.trace.toJSON(), error.trace.toJSON());
  });
}

test("explore: finds nothing where nothing is wrong", async () => {
  assert.deepEqual(await explore({ seeds: 100 }, scenario()), { seeds: 100 });
});
