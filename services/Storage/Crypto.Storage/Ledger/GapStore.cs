using Crypto.Contracts;
using Npgsql;

namespace Crypto.Storage.Ledger;

/// <summary>One row per gap: when it was noticed, why, and whether it was repaired or refused.</summary>
internal static class GapStore
{
    /// <summary>
    /// Applies the gap events in their order. A gap is <c>repaired</c> only when the ledger covers it, whatever the event
    /// says: its trades travel in another topic and may come later; <see cref="CloseCovered"/> sees to it then.
    /// </summary>
    public static void Apply(NpgsqlBatch batch, IEnumerable<(int InstrumentId, CoverageEvent Event)> events)
    {
        foreach (var (instrument, gap) in events)
        {
            if (gap.Kind == CoverageKind.Void) continue;
            // A repaired gap stays so when an old event is read again.
            LedgerStore.Add(batch, """
                insert into market.coverage_gaps as g (instrument_id, first_id, last_id, reason, state, detected_at)
                values ($1, $2, $3, $4, $5, $6)
                on conflict (instrument_id, first_id, last_id) do update
                set state = excluded.state, reason = case excluded.state when 'refused' then excluded.reason else g.reason end
                where g.state <> 'repaired' and (excluded.state = 'refused' or g.state = 'open')
                """, instrument, gap.FirstTradeId, gap.LastTradeId, gap.Reason,
                gap.Kind == CoverageKind.GapRefused ? "refused" : "open", UnixTime.ToDateTime(gap.TimeUs));
        }
    }

    /// <summary>Marks the gaps that the ledger covers by now. After the ledger was written.</summary>
    public static void CloseCovered(NpgsqlBatch batch, IReadOnlyCollection<InstrumentLedger> ledgers, DateTime now) =>
        LedgerStore.Add(batch, """
            update market.coverage_gaps g set state = 'repaired', repaired_at = $2
            where g.instrument_id = any($1) and g.state <> 'repaired' and exists (
                select from market.coverage_ranges r
                where r.instrument_id = g.instrument_id and r.first_id <= g.first_id and r.last_id >= g.last_id)
            """, ledgers.Select(ledger => ledger.InstrumentId).ToArray(), now);
}
