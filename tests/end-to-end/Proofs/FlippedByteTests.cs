using System.Text;
using KioskFleet.Agent.Cli;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Proofs;

/// <summary>A byte changed in a file, behind everybody's back, is named down to the single entry.</summary>
public sealed class FlippedByteTests
{
    [Fact]
    public async Task A_byte_flipped_in_an_agents_journal_file_is_found_by_verify_which_names_the_entry()
    {
        await using var fleet = await SmallFleet.StartAsync();
        var wanted = await SellAsync(fleet);
        await fleet.StopAsync();
        var (before, _) = await fleet.Cabinet.RunCommandAsync("verify");

        Flip(JournalPath(fleet), "T-flip-me");
        var (after, output) = await fleet.Cabinet.RunCommandAsync("verify");

        Assert.Equal(ExitCode.Done, before);
        Assert.Equal(ExitCode.Failed, after);
        Assert.Contains($"entry {wanted} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_flipped_in_a_ledger_row_is_found_by_verify_which_names_the_entry()
    {
        await using var fleet = await SmallFleet.StartAsync();
        var wanted = await SellAsync(fleet);
        await fleet.StopAsync();
        var (before, _) = await fleet.Service.RunCommandAsync("verify");

        Flip(fleet.Service.DatabasePath, "T-flip-me");
        var (after, output) = await fleet.Service.RunCommandAsync("verify");

        Assert.Equal(0, before);
        Assert.Equal(1, after);
        var journal = fleet.Cabinet.Disk.Pointer()!.Current;
        Assert.Contains($"journal {journal} entry {wanted} (position", output, StringComparison.Ordinal);
    }

    /// <summary>Sells three times and returns the number of the sale whose bytes can be found in a file.</summary>
    private static async Task<ulong> SellAsync(SmallFleet fleet)
    {
        await fleet.SellAsync("before", 100);
        var sold = await fleet.SellAsync("flip-me", 200);
        await fleet.SellAsync("behind", 300);
        await fleet.DrainAsync();
        return sold.GetProperty("entry").GetProperty("seq").GetUInt64();
    }

    private static string JournalPath(SmallFleet fleet) => Path.Combine(
        fleet.Cabinet.Disk.Folder, "journals", $"{fleet.Cabinet.Disk.Pointer()!.Current}.db");

    /// <summary>Flips one bit within a text, wherever it stands in the file: projections repeat it.</summary>
    private static void Flip(string path, string text)
    {
        var bytes = File.ReadAllBytes(path);
        var wanted = Encoding.UTF8.GetBytes(text);
        var at = bytes.AsSpan().IndexOf(wanted);
        Assert.True(at >= 0, $"'{text}' does not stand in {path}.");
        for (; at >= 0; at = bytes.AsSpan().IndexOf(wanted))
        {
            bytes[at] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
    }
}
