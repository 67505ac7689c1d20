using System.Globalization;
using System.Text.Json;

namespace KioskFleet.Simulators.Series;

/// <summary>Asks a VictoriaMetrics what its series say of sales and refunds. Thread-safe.</summary>
/// <param name="server">Its address.</param>
internal sealed class SeriesQueries(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>What the series say was sold and given back in the hour that begins at a moment.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<IReadOnlyDictionary<SeriesCell, SeriesSum>> IncreasesAsync(
        long hourUtcMs, CancellationToken cancel)
    {
        var sums = new Dictionary<SeriesCell, SeriesSum>();
        foreach (var (measurement, isRefund) in new[] { ("kf_sales", false), ("kf_refunds", true) })
        {
            foreach (var field in new[] { "fen", "entries" })
            {
                var query = $"sum(increase({measurement}_{field}[1h])) by (cabinet, class) != 0";
                foreach (var (labels, value) in await QueryAsync(query, hourUtcMs + 3_600_000 - 1, cancel))
                {
                    var cell = new SeriesCell(labels["cabinet"], isRefund, labels["class"], hourUtcMs);
                    var sum = sums.GetValueOrDefault(cell);
                    sums[cell] = field == "fen" ? sum with { Fen = value } : sum with { Entries = value };
                }
            }
        }

        return sums;
    }

    /// <summary>Makes all that was written visible to queries.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(new Uri(server, "internal/force_flush"), cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, long Value)>> QueryAsync(
        string query, long atUtcMs, CancellationToken cancel)
    {
        var seconds = (atUtcMs / 1000m).ToString(CultureInfo.InvariantCulture);
        var address = new Uri(
            server, $"api/v1/query?nocache=1&query={Uri.EscapeDataString(query)}&time={seconds}");
        using var answer = JsonDocument.Parse(await _http.GetStringAsync(address, cancel));
        return
        [
            .. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(one =>
            {
                var labels = one.GetProperty("metric").EnumerateObject()
                    .ToDictionary(label => label.Name, label => label.Value.GetString()!);

                // Whole numbers far below 2^53; a fraction is a mismatch, whatever it is.
                var value = decimal.Parse(
                    one.GetProperty("value")[1].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
                return ((IReadOnlyDictionary<string, string>)labels,
                    value == decimal.Truncate(value) ? (long)value : long.MinValue);
            }),
        ];
    }
}
