# shellcheck shell=bash
# One million orders into an Iceberg table in ./demo, and a look at them. Needs no service.

readonly DEMO_EVENTS=1000000

# Whatever broker or warehouse this shell is set up for: the demonstration touches its own folder alone.
demo_calve() {
  (cd demo && env -i HOME="$HOME" PATH="$PATH" TERM="${TERM:-dumb}" CALVE_HTTP_LISTEN=off \
    ../build/release/bin/calve "$@")
}

dev_demo() {
  dev_setup
  dev_setup_sql
  say "compiling (some minutes the first time)"
  cmake --preset release >/dev/null
  cmake --build build/release --target calve -- --quiet
  mkdir -p demo

  say "calve produce: $DEMO_EVENTS orders, 1 % of them broken on purpose, into demo/data"
  demo_calve produce --count "$DEMO_EVENTS" --invalid 1% --partitions 4
  say "calve run: validates, stamps and commits them to demo/warehouse, exactly once"
  demo_calve run --until-end
  say "calve verify: every offset is in the table once"
  demo_calve verify
  say "calve sql: what sells, by country"
  demo_calve sql "select shipping_address.country as country, count(*) as orders, sum(total) as revenue,
      round(avg(total), 2) as average, max(processed_at) as last_processed
    from orders where currency = 'EUR' group by country order by revenue desc limit 8"
  say "calve sql: what was rejected, and why"
  demo_calve sql "select reason, count(*) as events, min(pointer) as \"for example at\" from rejects
    group by reason order by events desc limit 8"
  cat >&2 <<'NEXT'

The tables are Iceberg tables in demo/warehouse/analytics; any Iceberg reader opens them.
Run ./dev demo again: it continues the same tables. Or, in demo/ with ../build/release/bin/calve:
  calve table snapshots                     one snapshot a commit, with the rows it added
  calve rejects list                        rejected events with their reason and place
  calve produce --rate 5000 & calve run     a live stream; kill -9 it, start it again, calve verify
NEXT
}
