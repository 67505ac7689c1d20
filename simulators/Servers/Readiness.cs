namespace KioskFleet.Simulators.Servers;

/// <summary>Waits for a started child to answer.</summary>
internal static class Readiness
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Waits until an address answers with success.</summary>
    /// <exception cref="CampaignException">The process ended, or did not answer in time.</exception>
    public static async Task WaitAsync(ChildProcess process, Uri address, string name, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ServerLimits.StartTimeout);
        while (true)
        {
            if (process.HasExited)
            {
                throw new CampaignException(
                    $"{name} ended with {process.ExitCode} at its start:\n{process.NewestOutput}");
            }

            if (await AnswersAsync(address, limit.Token))
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                throw new CampaignException($"{name} does not answer at {address}:\n{process.NewestOutput}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), CancellationToken.None);
        }
    }

    private static async Task<bool> AnswersAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            using var response = await Http.GetAsync(address, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // Not yet.
            return false;
        }
    }
}
