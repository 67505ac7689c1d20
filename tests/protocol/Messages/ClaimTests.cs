using System.Text.Json.Nodes;
using KioskFleet.Protocol.Describing;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Protocol.Tests.Messages;

public sealed class ClaimTests
{
    [Theory]
    [InlineData(AidClaim.None, "None")]
    [InlineData(AidClaim.Aid, "Aid")]
    [InlineData(AidClaim.Ordinary, "Ordinary")]
    [InlineData((AidClaim)7, "#7")]
    public void A_claim_goes_along_whatever_it_is_and_never_keeps_a_sale_apart(AidClaim claim, string shown)
    {
        var sale = (SaleBody)Samples.Bodies[0].Body with
        {
            Lines = [new SaleLine("A1", "tea", "绿茶", 1, 500, 500, claim)],
        };
        var bytes = EntryCodec.Encode(1, Samples.Time, sale);

        Assert.True(EntryCodec.TryDecode(bytes, out _, out var body, out var reason));
        Assert.Equal(QuarantineReason.None, reason);
        Assert.Equal(claim, Assert.Single(Assert.IsType<SaleBody>(body).Lines).Claim);
        Assert.True(EntryHeader.TryRead(bytes, out _, out var raw));
        var view = new SaleView(raw);
        Assert.True(view.NextLine(out var line));
        Assert.Equal(claim, line.Claim);
        Assert.True(view.AtEnd);
        var json = JsonNode.Parse(GoldenFileTests.Json(writer => EntryJson.Write(bytes, writer)))!;
        Assert.Equal(shown, json["body"]!["lines"]![0]!["claim"]!.GetValue<string>());
    }
}
