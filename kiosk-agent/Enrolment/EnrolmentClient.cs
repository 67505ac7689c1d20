using System.Net;
using System.Text.Json;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Enrolment;

/// <summary>
/// Redeems tokens: key first (fsynced), then the token beside it, then the request, then the stored answer. A crash
/// anywhere leaves a state from which the same token is redeemed again with the same key, which the service allows.
/// </summary>
/// <param name="folder">The identity.</param>
/// <param name="http">
/// Client whose base address is the service; null when none is set. It limits time and size of an answer itself.
/// </param>
internal sealed class EnrolmentClient(IdentityFolder folder, HttpClient? http)
{
    /// <summary>The path of the service's enrolment, relative to its URL.</summary>
    public const string RequestPath = "api/v1/enrolment";

    /// <summary>Longest token, in characters.</summary>
    public const int MaxTokenLength = 512;

    /// <summary>Largest answer, in bytes.</summary>
    public const int MaxAnswerBytes = 16 * 1024;

    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private const int MaxDetailLength = 200;

    /// <summary>A client for a service's URL.</summary>
    public static HttpClient HttpFor(Uri service) => new()
    {
        BaseAddress = service,
        Timeout = RequestTimeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Enrols with a new token.</summary>
    public Task<EnrolmentOutcome> EnrolAsync(PendingToken pending, CancellationToken cancel)
    {
        if (http is null)
        {
            return Task.FromResult<EnrolmentOutcome>(new EnrolmentOutcome.NoService());
        }

        folder.OpenOrCreateKey().Dispose();
        folder.SavePending(pending);
        return RedeemAsync(pending, cancel);
    }

    /// <summary>Redeems the pending token, else the stored one, once more with the same key.</summary>
    public Task<EnrolmentOutcome> RenewAsync(CancellationToken cancel)
    {
        var pending = folder.ReadPending();
        var record = folder.ReadRecord();
        var token = pending ?? (record is null ? null : new PendingToken(record.Token, record.CabinetId));
        return token is null
            ? Task.FromResult<EnrolmentOutcome>(new EnrolmentOutcome.NoToken())
            : RedeemAsync(token, cancel);
    }

    private async Task<EnrolmentOutcome> RedeemAsync(PendingToken pending, CancellationToken cancel)
    {
        if (http is null)
        {
            return new EnrolmentOutcome.NoService();
        }

        using var signer = folder.OpenOrCreateKey();
        var request = EnrolmentProof.Request(pending.Token, pending.CabinetId, signer);
        try
        {
            using var response = await http.PostAsJsonAsync(
                RequestPath, request, EnrolmentJson.Default.EnrolmentRequest, cancel);
            var outcome = await JudgeAsync(response, pending.Token, cancel);
            if (outcome is EnrolmentOutcome.Enrolled enrolled)
            {
                folder.Save(enrolled.Record);
            }
            else if (outcome.IsFinal)
            {
                folder.ForgetPending();
            }

            return outcome;
        }
        catch (HttpRequestException exception)
        {
            return new EnrolmentOutcome.Unreachable(exception.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new EnrolmentOutcome.Unreachable($"No answer within {RequestTimeout.TotalSeconds} s.");
        }
    }

    private static async Task<EnrolmentOutcome> JudgeAsync(
        HttpResponseMessage response, string token, CancellationToken cancel) => response.StatusCode switch
        {
            HttpStatusCode.OK => await ReadAnswerAsync(response, token, cancel),
            HttpStatusCode.NotFound => new EnrolmentOutcome.UnknownToken(),
            HttpStatusCode.Conflict => new EnrolmentOutcome.BoundToAnotherKey(),
            HttpStatusCode.Gone => new EnrolmentOutcome.Expired(),
            HttpStatusCode.BadRequest => new EnrolmentOutcome.Rejected(await ReadDetailAsync(response, cancel)),
            _ => new EnrolmentOutcome.Unreachable($"The service answered {(int)response.StatusCode}."),
        };

    private static async Task<EnrolmentOutcome> ReadAnswerAsync(
        HttpResponseMessage response, string token, CancellationToken cancel)
    {
        EnrolmentAnswer? answer;
        try
        {
            answer = await response.Content.ReadFromJsonAsync(EnrolmentJson.Default.EnrolmentAnswer, cancel);
        }
        catch (JsonException exception)
        {
            return new EnrolmentOutcome.Unreachable($"The answer is not JSON of an enrolment: {exception.Message}");
        }

        return answer is { MqttUserName.Length: > 0, MqttPassword.Length: > 0 }
            && CabinetId.TryParse(answer.CabinetId, out var cabinet) && answer.BrokerPort is null or (> 0 and <= 65_535)
            ? new EnrolmentOutcome.Enrolled(new EnrolmentRecord(cabinet.Value, answer!.MqttUserName!,
                answer.MqttPassword!, answer.BrokerHost, answer.BrokerPort, token))
            : new EnrolmentOutcome.Unreachable("The answer names no cabinet or no credentials.");
    }

    private static async Task<string> ReadDetailAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        return text.Length <= MaxDetailLength ? text : text[..MaxDetailLength];
    }
}
