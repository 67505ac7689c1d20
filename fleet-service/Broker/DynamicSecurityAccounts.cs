using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Keeps cabinets' accounts in Mosquitto's dynamic security plugin, over the link's own connection: one client per
/// cabinet, with a role that covers its own topics. A new password replaces the old one at once. Thread-safe.
/// </summary>
internal sealed class DynamicSecurityAccounts(ExternalBroker link) : ICabinetAccounts, IDisposable
{
    /// <summary>Where commands go.</summary>
    public const string Topic = "$CONTROL/dynamic-security/v1";

    private const string SetPassword = "setClientPassword";
    private const string DeleteClient = "deleteClient";

    // The plugin's words for a client that is gone already.
    private const string ClientNotFound = "Client not found";

    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public Task SetAsync(CabinetId cabinet, string password, CancellationToken ct) =>
        AskAsync(Commands(cabinet, password), SetPassword, ct);

    /// <inheritdoc/>
    public Task RemoveAsync(CabinetId cabinet, CancellationToken ct) =>
        AskAsync(RemovalCommands(cabinet), DeleteClient, ct);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>
    /// Lets the link's own account write to cabinets: the plugin's first account, with role <c>admin</c>, may not by
    /// itself. Answered with an error of no consequence when it may already.
    /// </summary>
    internal static byte[] OwnRights() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        commands = new object[]
        {
            new
            {
                command = "addRoleACL",
                rolename = "admin",
                acltype = "publishClientSend",
                topic = "kf/v1/+/down/+",
                allow = true,
            },
        },
    });

    /// <summary>
    /// The commands. Role and client may be there from before, which is answered with an error of no consequence; the
    /// last command has to succeed.
    /// </summary>
    internal static byte[] Commands(CabinetId cabinet, string password)
    {
        var role = $"cabinet-{cabinet}";
        var up = $"kf/v1/{cabinet}/up/+";
        var down = CabinetTopic.AllDown(cabinet);
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            commands = new object[]
            {
                new
                {
                    command = "createRole",
                    rolename = role,
                    acls = new[]
                    {
                        new { acltype = "publishClientSend", topic = up, allow = true },
                        new { acltype = "publishClientReceive", topic = down, allow = true },
                        new { acltype = "subscribePattern", topic = down, allow = true },
                    },
                },
                new
                {
                    command = "createClient",
                    username = cabinet.Value,
                    clientid = cabinet.Value,
                    password,
                    roles = new[] { new { rolename = role } },
                },
                new { command = SetPassword, username = cabinet.Value, password },
            },
        });
    }

    /// <summary>The commands that end an account; the plugin then cuts its connections.</summary>
    internal static byte[] RemovalCommands(CabinetId cabinet) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        commands = new object[]
        {
            new { command = DeleteClient, username = cabinet.Value },
            new { command = "deleteRole", rolename = $"cabinet-{cabinet}" },
        },
    });

    private async Task AskAsync(byte[] commands, string mustSucceed, CancellationToken ct)
    {
        // One question at a time: answers carry no name of their question.
        await _turn.WaitAsync(ct);
        try
        {
            Judge(await link.ControlAsync(Topic, commands, ct), mustSucceed);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static void Judge(byte[] answer, string mustSucceed)
    {
        using var json = JsonDocument.Parse(answer);
        foreach (var response in json.RootElement.GetProperty("responses").EnumerateArray())
        {
            if (response.GetProperty("command").GetString() == mustSucceed)
            {
                if (response.TryGetProperty("error", out var error) && error.GetString() != ClientNotFound)
                {
                    throw new BrokerUnavailableException($"The broker refused the account: {error.GetString()}.");
                }

                return;
            }
        }

        throw new BrokerUnavailableException("The broker did not answer for the account.");
    }
}
