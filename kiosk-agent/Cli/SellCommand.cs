using System.Security.Cryptography;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Cli;

/// <summary>A sale as a person types it.</summary>
/// <param name="Sku">SKU.</param>
/// <param name="PaidYuan">What was paid, in yuan with at most two decimals.</param>
/// <param name="Slot">Slot, may be empty.</param>
/// <param name="Name">Name, may be empty.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="Method">Payment method.</param>
/// <param name="Order">Merchant order number, may be empty.</param>
/// <param name="Id">Vend id; null: a random one.</param>
internal sealed record HandSale(
    string Sku, string PaidYuan, string Slot, string Name, int Quantity, string Method, string Order, string? Id);

/// <summary>
/// <c>sell</c>: records one sale by hand, through the running agent, or into the journal itself when none runs. The
/// journal's own lock keeps two writers apart.
/// </summary>
internal static class SellCommand
{
    private const int RandomIdBytes = 8;

    /// <summary>Records the sale.</summary>
    public static async Task<int> ExecuteAsync(
        AgentSettings settings, HandSale sale, CliContext cli, CancellationToken cancel)
    {
        if (!Money.TryParseYuan(sale.PaidYuan, out var paid) || paid.Fen < 0)
        {
            cli.Say("BadAmount", sale.PaidYuan);
            return ExitCode.Usage;
        }

        if (sale.Quantity is < 1 or > Protocol.Limits.MaxQuantity)
        {
            cli.Say("BadQuantity", sale.Quantity, Protocol.Limits.MaxQuantity);
            return ExitCode.Usage;
        }

        // The local API takes any word, because a sale that happened must be kept; a person can be asked again.
        if (LenientSale.MethodOf(sale.Method) == PaymentMethod.Other
            && !sale.Method.Trim().Equals("other", StringComparison.OrdinalIgnoreCase))
        {
            cli.Say("BadMethod", sale.Method);
            return ExitCode.Usage;
        }

        var id = sale.Id ?? "hand-" + RandomNumberGenerator.GetHexString(RandomIdBytes * 2, lowercase: true);
        var line = new LineBody(
            sale.Slot, sale.Sku, sale.Name, sale.Quantity, paid.Fen / sale.Quantity, paid.Fen);
        var body = new SaleRequestBody([line], new PaymentBody(sale.Method, sale.Order, null), "hand");
        using var response = await AgentApiClient.TryCallAsync(settings, client => client.PostAsJsonAsync(
            $"/v1/vends/{Uri.EscapeDataString(id)}/delivered", body, ApiJson.Readable.SaleRequestBody, cancel));
        return response is null
            ? RecordHere(settings, id, line, body, cli)
            : await ReportAsync(response, id, cli, cancel);
    }

    private static async Task<int> ReportAsync(
        HttpResponseMessage response, string id, CliContext cli, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
        {
            var recorded = await response.Content.ReadFromJsonAsync(ApiJson.Readable.RecordedAnswer, cancel);
            cli.Output.WriteLine(cli.Text("Sold", id, recorded!.Entry.Journal, recorded.Entry.Seq));
            return ExitCode.Done;
        }

        var problem = await response.Content.ReadFromJsonAsync(ApiJson.Readable.ApiProblem, cancel);
        cli.Say("NotSold", Problems.Describe(problem!, cli.Language));
        return ExitCode.Failed;
    }

    private static int RecordHere(
        AgentSettings settings, string id, LineBody line, SaleRequestBody body, CliContext cli)
    {
        using var host = AgentHost.Build(settings, new AgentOverrides { WithLocalApi = false, WithUplink = false });
        var answer = host.Services.GetRequiredService<VendFlow>().Delivered(new DeliveredReport(id,
            [new SaleLine(line.Slot!, line.Sku!, line.Name!, line.Quantity!.Value, line.UnitPriceFen!.Value,
                line.PaidFen!.Value)],
            StrictLines.PaymentOf(body.Payment), SaleSource.Hand));
        switch (answer)
        {
            case RecordAnswer.Recorded recorded:
                cli.Output.WriteLine(cli.Text("Sold", id, recorded.Entry.Journal, recorded.Entry.Seq));
                return ExitCode.Done;
            case RecordAnswer.Conflict conflict:
                cli.Say("NotSold", Problems.Describe(
                    Problems.Make(ProblemKind.IdUsedDifferently, cli.Language, conflict.Field), cli.Language));
                return ExitCode.Failed;
            case RecordAnswer.Invalid invalid:
                cli.Say("NotSold", Problems.Describe(Problems.Make(
                    Problems.KindOf(invalid.Problem.Fault), cli.Language, invalid.Problem.Field), cli.Language));
                return ExitCode.Failed;
            default:
                throw new InvalidOperationException($"A sale is never answered by {answer}.");
        }
    }
}
