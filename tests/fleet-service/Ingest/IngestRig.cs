using System.Threading.Channels;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Ingest;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Ingest;

/// <summary>A broker link without a wire: what goes down stays here, to be read.</summary>
internal sealed class LocalLink : IBrokerLink
{
    private readonly Channel<(CabinetTopic Topic, Receipt Receipt)> _receipts =
        Channel.CreateUnbounded<(CabinetTopic, Receipt)>();

    private int _refused;

    public bool IsReady { get; set; } = true;

    /// <summary>Messages that came while the link was down.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public ValueTask SendDownAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
    {
        if (!IsReady)
        {
            Interlocked.Increment(ref _refused);
            throw new BrokerUnavailableException("The link is down.");
        }

        Assert.False(retain);
        Assert.Equal(Lane.Receipt, topic.Lane);
        Assert.True(Receipt.TryParse(payload.Span, out var receipt));
        Assert.True(_receipts.Writer.TryWrite((topic, receipt)));
        return ValueTask.CompletedTask;
    }

    public bool IsConnected(CabinetId cabinet) => IsReady;

    public async Task<(CabinetTopic Topic, Receipt Receipt)> NextAsync() =>
        await _receipts.Reader.ReadAsync(BooksRig.Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(20), BooksRig.Stop);

    public bool TryNext(out (CabinetTopic Topic, Receipt Receipt) next) => _receipts.Reader.TryRead(out next);
}

/// <summary>The whole write path in this process, over a real ledger.</summary>
internal sealed class IngestRig : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private IngestRig(string dataSet, IReadOnlyDictionary<string, string?> settings)
    {
        Books = new BooksRig(dataSet);
        _services = new ServiceCollection()
            .AddLogging().AddMetrics()
            .AddSingleton(Books.Database)
            .AddSingleton(Books.Register)
            .AddSingleton(Books.Writer)
            .AddSingleton<TimeProvider>(Books.Time)
            .AddSingleton<IBrokerLink>(Link)
            .AddSingleton(Wanted)
            .AddIngest(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        Pipeline = _services.GetRequiredService<IngestPipeline>();
    }

    public BooksRig Books { get; }

    public LocalLink Link { get; } = new();

    public WantedConfigs Wanted { get; } = new();

    public IngestPipeline Pipeline { get; }

    /// <summary>What the pipeline commits with; idle while nothing is sent through the pipeline.</summary>
    public GroupCommitter Committer => _services.GetRequiredService<GroupCommitter>();

    public IngestMetrics Metrics => _services.GetRequiredService<IngestMetrics>();

    public ByteBudget Budget => _services.GetRequiredService<ByteBudget>();

    public static async Task<IngestRig> StartAsync(string dataSet, params (string Name, string Value)[] settings)
    {
        var rig = new IngestRig(dataSet, settings.ToDictionary(s => "Ingest:" + s.Name, s => (string?)s.Value));
        await rig.Pipeline.StartAsync(CancellationToken.None);
        return rig;
    }

    public ValueTask Send(CabinetId cabinet, Lane lane, ReadOnlyMemory<byte> payload) =>
        Pipeline.HandleAsync(new UpMessage(new CabinetTopic(cabinet, lane), payload), BooksRig.Stop);

    public ValueTask Send(JournalOnPaper journal, SignedMessage message, Lane lane = Lane.Batch) =>
        Send(journal.Cabinet.Id, lane, message.Payload);

    /// <summary>Sends and waits for the answer, which must name the message.</summary>
    public async Task<Receipt> Ask(JournalOnPaper journal, SignedMessage message, Lane lane = Lane.Batch)
    {
        await Send(journal, message, lane);
        var (topic, receipt) = await Link.NextAsync();
        Assert.Equal(journal.Cabinet.Id, topic.Cabinet);
        Assert.Equal(message.Hash, receipt.Answers);
        return receipt;
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        Books.Dispose();
    }
}
