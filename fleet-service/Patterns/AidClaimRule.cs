using System.Text.Json.Nodes;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Lines that the sales program claims to be aid and that the catalogue says are ordinary. The claim counted for
/// nothing. A SKU that counted as aid in the same window lapsed, and the cabinet's list is behind: that is no false
/// claim; nor is one for a SKU that nobody mapped, which waits for the county.
/// </summary>
internal sealed class AidClaimRule(SkuNumbers skus) : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.AidClaimMismatch;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new AidClaimWatch(window.Terms, skus);

    /// <summary>True when false claims are more than a slip.</summary>
    public static bool IsMismatch(long lines, CheckTerms terms) => lines >= terms.AidClaimMinimumLines;

    private sealed class ClaimedSku
    {
        public bool WasAid;
        public long Lines;
        public long Fen;
        public Examples Examples;
    }

    private sealed class AidClaimWatch(CheckTerms terms, SkuNumbers skus) : SalesWatch
    {
        private readonly Dictionary<int, ClaimedSku> _claimed = [];

        public override void See(SeenSale sale)
        {
            foreach (ref readonly var line in sale.Lines)
            {
                if (line.Claim != AidClaim.Aid || line.Class == ProductClass.Unmapped)
                {
                    continue;
                }

                if (!_claimed.TryGetValue(line.Sku, out var claimed))
                {
                    _claimed[line.Sku] = claimed = new ClaimedSku();
                }

                if (line.Class == ProductClass.Aid)
                {
                    claimed.WasAid = true;
                }
                else
                {
                    claimed.Lines++;
                    claimed.Fen = checked(claimed.Fen + line.PaidFen);
                    claimed.Examples.Add(sale.Position);
                }
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            var found = _claimed.Where(sku => !sku.Value.WasAid && sku.Value.Lines > 0)
                .OrderByDescending(sku => sku.Value.Lines).ThenBy(sku => sku.Key).ToList();
            var (lines, fen) = (found.Sum(sku => sku.Value.Lines), found.Sum(sku => sku.Value.Fen));
            if (lines == 0 || !IsMismatch(lines, terms))
            {
                yield break;
            }

            var examples = default(Examples);
            foreach (var (_, sku) in found)
            {
                examples.Add(sku.Examples);
            }

            var names = found.Take(PatternLimits.MaxExamples).Select(sku => skus.Text(sku.Key)).ToList();
            yield return new PatternFound(
                "", lines, null,
                new JsonObject
                {
                    ["lines"] = lines,
                    ["amountFen"] = fen,
                    ["skus"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
                    ["skuCount"] = found.Count,
                },
                [
                    PatternWords.Number(lines), PatternWords.Yuan(fen), string.Join(", ", names),
                    PatternWords.Number(terms.AidClaimMinimumLines),
                ],
                examples);
        }
    }
}
