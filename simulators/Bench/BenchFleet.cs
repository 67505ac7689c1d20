using System.Security.Cryptography;
using System.Text;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enrolment;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Simulators.Bench;

/// <summary>A cabinet of the benchmark: identity, credential, key, journal.</summary>
internal sealed record BenchCabinet(CabinetId Id, string Password, MessageSigner Signer, JournalId Journal);

/// <summary>
/// Prepares a fleet for the benchmark with the service's own desks: registered, enrolled, with a catalogue.
/// </summary>
internal static class BenchFleet
{
    private const string Actor = "bench";
    private const int BulkSize = 1_000;

    /// <summary>Lists every second SKU of the benchmark as an aid product and maps the others as ordinary.</summary>
    public static async Task ImportCatalogueAsync(IServiceProvider services)
    {
        // Opens and migrates the database before the importer reads it.
        services.GetRequiredService<FleetDatabase>();
        await services.GetRequiredService<LedgerGenerationStore>().EnsureAsync();
        var csv = new StringBuilder("sku,product_name,recognised_by,listed_from\n");
        for (var i = 0; i < BenchSales.Skus.Count; i++)
        {
            csv.Append(BenchSales.Skus[i]).Append(",商品").Append(i)
                .AppendLine(i % 2 == 0 ? ",341125,2020-09-01" : ",,");
        }

        var outcome = await services.GetRequiredService<CatalogueImporter>()
            .ImportAsync(Encoding.UTF8.GetBytes(csv.ToString()), Actor, "bench", CancellationToken.None);
        if (outcome is not ImportOutcome.Imported { Report.Refused.Count: 0 })
        {
            throw new InvalidOperationException($"The benchmark's catalogue was not taken: {outcome}.");
        }
    }

    /// <summary>The settings of a service in this process that listens nowhere in particular.</summary>
    /// <param name="directory">Its data directory.</param>
    /// <param name="further">Further settings, <c>Section:Name=VALUE</c>; they win.</param>
    public static Dictionary<string, string?> Settings(string directory, IReadOnlyList<string>? further = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = directory,
            ["Urls"] = "http://127.0.0.1:0",
            ["Broker:Embedded:Port"] = "0",
        };
        foreach (var line in further ?? [])
        {
            settings[line.Split('=', 2)[0]] = line.Split('=', 2)[1];
        }

        return settings;
    }

    /// <summary>Registers and enrols the cabinets in a new database; no service runs while it does.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="count">How many.</param>
    /// <param name="progress">Told of each.</param>
    /// <param name="storage">Settings of another engine, <c>Section:Name=VALUE</c>.</param>
    public static async Task<List<BenchCabinet>> PrepareAsync(
        string directory, int count, Action<int> progress, IReadOnlyList<string>? storage = null)
    {
        await using var host = FleetServiceHost.Build(Settings(directory, storage));
        await ImportCatalogueAsync(host.Services);
        var ids = Enumerable.Range(0, count).Select(i => CabinetId.Parse($"KF{i:000000}")).ToList();
        var fleet = host.Services.GetRequiredService<FleetDesk>();
        foreach (var bulk in ids.Chunk(BulkSize))
        {
            var requests = bulk.Select(id => new CabinetRequest(id.Value, "341125", "bench", "", "school")).ToList();
            await fleet.RegisterAsync(new BulkRequest(requests), Actor, CancellationToken.None);
        }

        var desk = host.Services.GetRequiredService<EnrolmentDesk>();
        var cabinets = new List<BenchCabinet>(count);
        foreach (var id in ids)
        {
            var signer = new MessageSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
            var token = await desk.MakeTokenAsync(id, Actor, CancellationToken.None)
                ?? throw new InvalidOperationException($"Cabinet {id} was not registered.");
            var publicKey = Convert.ToBase64String(signer.PublicKey);
            var proof = new byte[MessageSigner.SignatureSize];
            signer.Sign(EnrolmentProof.HashToSign(token.Token, publicKey), proof);
            var outcome = await desk.RedeemAsync(
                new EnrolmentRequest(token.Token, publicKey, Convert.ToBase64String(proof)), CancellationToken.None);
            cabinets.Add(outcome is EnrolmentOutcome.Done done
                ? new BenchCabinet(id, done.Answer.MqttPassword, signer, new JournalId((UInt128)(cabinets.Count + 1)))
                : throw new InvalidOperationException($"Cabinet {id} was not enrolled: {outcome}."));
            progress(cabinets.Count);
        }

        SqliteConnection.ClearAllPools();
        return cabinets;
    }
}
