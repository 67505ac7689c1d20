using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using Xunit;

namespace KioskFleet.Service.Tests.Ingest;

/// <summary>Receipts name the config that a cabinet is to work by, and its hellos say which one it works by.</summary>
public abstract class WantedConfigTests(string dataSet)
{
    [Fact]
    public async Task Every_receipt_names_the_wanted_config_and_a_hello_that_reports_another_asks_for_it()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journal = rig.Books.Journal();
        journal.Sell("v1", ("tea", 100));
        var hello = journal.Hello() with { AppliedConfigVersion = "old" };
        Assert.Equal("", (await rig.Ask(journal, hello.Sign(journal.Cabinet.Signer), Lane.Hello)).WantedConfigVersion);
        Assert.Equal(0, rig.Wanted.ToSend.Count);

        rig.Wanted.Remember(CabinetId.Parse("cab-1"), "new");
        rig.Wanted.Remember(CabinetId.Parse("cab-2"), "other");
        var again = hello with { MonotonicMs = 1 };
        Assert.Equal(
            "new", (await rig.Ask(journal, again.Sign(journal.Cabinet.Signer), Lane.Hello)).WantedConfigVersion);
        Assert.Equal("new", (await rig.Ask(journal, journal.Message())).WantedConfigVersion);
        Assert.True(rig.Wanted.ToSend.TryRead(out var asked));
        Assert.Equal(journal.Cabinet.Id, asked);

        var applied = hello with { MonotonicMs = 2, AppliedConfigVersion = "new" };
        await rig.Ask(journal, applied.Sign(journal.Cabinet.Signer), Lane.Hello);
        Assert.False(rig.Wanted.ToSend.TryRead(out _));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouWantedConfigTests() : WantedConfigTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangWantedConfigTests() : WantedConfigTests("linjiang-2027");
