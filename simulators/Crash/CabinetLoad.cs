using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// A cabinet's sales program: keeps calling the agent's local API and writes down what was answered. What got no answer
/// is sent again later, or never, as chance decides; what was answered is now and then sent again too. One loop;
/// pausing is thread-safe.
/// </summary>
internal sealed class CabinetLoad(string cabinet, Uri address, AnswerBook book, ulong seed) : IDisposable
{
    // A caller repeats what it has just sent. After a loss of its disk an agent knows no old id any more, and the
    // ledger looks for doubles among the first 1,000 entries of a successor: an older id than that is a new vend to
    // both.
    private const int MostRepeatable = 60;

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = CrashLimits.CallTimeout };
    private readonly Chance _chance = new(seed, 0x10AD);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<string> _soldIds = [];
    private readonly List<Call> _unanswered = [];
    private readonly List<Call> _answered = [];
    private int _number;

    /// <summary>Calls that the agent refused though it must not, in words; empty when all is well.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Calls until told to stop.</summary>
    public async Task RunAsync(TimeProvider time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _turn.WaitAsync(CancellationToken.None);
            try
            {
                await StepAsync();
            }
            finally
            {
                _turn.Release();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_chance.Between(5, 45)), time, CancellationToken.None);
        }
    }

    /// <summary>Ends the call that is under way and makes no other until <see cref="Resume"/>.</summary>
    public Task PauseAsync() => _turn.WaitAsync();

    /// <summary>Goes on.</summary>
    public void Resume() => _turn.Release();

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task StepAsync()
    {
        var dice = _chance.Below(100);
        _unanswered.RemoveAll(call => call.Number <= _number - MostRepeatable);
        _answered.RemoveAll(call => call.Number <= _number - MostRepeatable);
        var call = dice < 8 && _unanswered.Count > 0 ? _unanswered[_chance.Below(_unanswered.Count)]
            : dice < 11 && _answered.Count > 0 ? _answered[_chance.Below(_answered.Count)]
            : dice < 22 && _soldIds.Count > 0 ? Refund()
            : dice < 30 ? NonSale()
            : Sale();
        if (call.Ask is not null && dice % 2 == 0)
        {
            await PostAsync("v1/vends", call.Ask);
        }

        book.Sent(call.Record);
        Judge(call, await PostAsync(call.Path, call.Body));
    }

    private void Judge(Call call, (HttpStatusCode? Status, string Text) answer)
    {
        _unanswered.Remove(call);
        if (answer.Status is null or >= HttpStatusCode.InternalServerError)
        {
            _unanswered.Add(call);
        }
        else if (answer.Status == HttpStatusCode.OK)
        {
            book.Answered(call.Record.Key);
            _answered.Remove(call);
            _answered.Add(call);
            if (call.Record.Key.Kind == RecordKind.Sale && !_soldIds.Contains(call.Record.Key.Id))
            {
                _soldIds.Add(call.Record.Key.Id);
            }
        }
        else if (call.Record.Key.Kind != RecordKind.Refund || answer.Status != HttpStatusCode.NotFound)
        {
            // A refund may name a sale that an older disk does not hold; anything else readable must be recorded.
            Refusals.Add($"{call.Record.Key}: {(int)answer.Status} {answer.Text}");
        }
    }

    private async Task<(HttpStatusCode? Status, string Text)> PostAsync(string path, object body)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
            return (answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync());
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            // No answer: it may have been recorded or not.
            return (null, error.Message);
        }
    }

    private Call Sale()
    {
        var id = NextId("v");
        var lines = Enumerable.Range(0, _chance.Hits(1_500) ? 2 : 1).Select(_ =>
        {
            var price = _chance.Between(1, 60) * 50;
            var quantity = _chance.Hits(1_000) ? 2 : 1;
            return new
            {
                slot = $"A{_chance.Between(1, 40)}",
                sku = $"SKU-{_chance.Between(1, 60):D3}",
                name = "霍山石斛 20g",
                quantity,
                unitPriceFen = price,
                paidFen = price * quantity,
            };
        }).ToList();
        var paid = lines.Sum(line => line.paidFen);
        return new Call(_number, new SentRecord(new RecordKey(RecordKind.Sale, cabinet, id), paid, null),
            $"v1/vends/{id}/delivered",
            new { lines, payment = new { method = "wechat", merchantOrderNumber = $"M{id}", transactionNumber = id } },
            new { id, lines[0].slot, lines[0].sku, priceFen = paid });
    }

    private Call Refund()
    {
        var number = NextId("r");
        var vend = _soldIds[_chance.Below(_soldIds.Count)];
        var amount = _chance.Between(1, 40);
        return new Call(_number, new SentRecord(new RecordKey(RecordKind.Refund, cabinet, number), amount, vend),
            "v1/refunds",
            new { refundNumber = number, vendId = vend, line = 0, amountFen = amount, reason = "破损" }, null);
    }

    private Call NonSale()
    {
        var id = NextId("n");
        return new Call(_number, new SentRecord(new RecordKey(RecordKind.NonSale, cabinet, id), 0, null),
            "v1/non-sales",
            new
            {
                id,
                purpose = _chance.Pick(["test", "free", "maintenance", "promotion"]),
                lines = new[] { new { slot = "A1", sku = "SKU-001", name = "test", quantity = 1, unitPriceFen = 500 } },
            }, null);
    }

    private string NextId(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{++_number:D6}");

    /// <summary>A call, as it can be made again.</summary>
    /// <param name="Number">When it was made first, counted in calls of this cabinet.</param>
    /// <param name="Record">What it records.</param>
    /// <param name="Path">Path of the call that records.</param>
    /// <param name="Body">Its body.</param>
    /// <param name="Ask">Body of the request that may go before it.</param>
    private sealed record Call(int Number, SentRecord Record, string Path, object Body, object? Ask);
}
