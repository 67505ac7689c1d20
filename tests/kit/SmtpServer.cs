using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KioskFleet.TestKit;

/// <summary>A mail that the server took.</summary>
/// <param name="From">The sender of the envelope.</param>
/// <param name="To">The receivers of the envelope.</param>
/// <param name="Text">Headers and body as they came, without the doubled leading dots.</param>
/// <param name="User">Who had logged in; empty for nobody.</param>
public sealed record TakenMail(string From, IReadOnlyList<string> To, string Text, string User);

/// <summary>What the server does with the next mail.</summary>
public enum SmtpMishap
{
    /// <summary>Answers 451 to the data: try again later.</summary>
    Busy,

    /// <summary>Answers 550 to the receiver: never.</summary>
    Refuse,

    /// <summary>Takes the mail and cuts the connection before it says so.</summary>
    LoseAnswer,
}

/// <summary>
/// A small SMTP server on a free loopback port: EHLO, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA, RSET, NOOP, QUIT. Keeps
/// what it takes. Thread-safe.
/// </summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private SmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Mails taken, oldest first.</summary>
    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <summary>Mishaps of the next mails, one each.</summary>
    public ConcurrentQueue<SmtpMishap> Mishaps { get; } = new();

    /// <summary>User and password that are needed; null for none.</summary>
    public (string User, string Password)? Account { get; set; }

    /// <summary>Starts a server.</summary>
    public static SmtpServer Start() => new();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                talks.Add(TalkAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var talk = new Talk(this, client.GetStream());
                await talk.RunAsync(_stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException)
            {
                client.Close();
            }
        }
    }

    /// <summary>One connection.</summary>
    private sealed class Talk(SmtpServer server, Stream stream)
    {
        private readonly StreamReader _reader = new(stream, Encoding.UTF8);
        private readonly List<string> _to = [];
        private string _from = "";
        private string _user = "";

        public async Task RunAsync(CancellationToken stop)
        {
            await SayAsync("220 test ESMTP", stop);
            while (await _reader.ReadLineAsync(stop) is { } line)
            {
                var word = line.Split(' ')[0].ToUpperInvariant();
                switch (word)
                {
                    case "EHLO":
                        await SayAsync(server.Account is null ? "250 test" : "250-test\r\n250 AUTH PLAIN LOGIN", stop);
                        break;
                    case "AUTH":
                        await AuthenticateAsync(line, stop);
                        break;
                    case "MAIL":
                        _from = AddressOf(line);
                        _to.Clear();
                        await SayAsync(
                            server.Account is null || _user.Length > 0 ? "250 ok" : "530 log in first", stop);
                        break;
                    case "RCPT":
                        await TakeReceiverAsync(line, stop);
                        break;
                    case "DATA":
                        if (!await TakeDataAsync(stop))
                        {
                            return;
                        }

                        break;
                    case "QUIT":
                        await SayAsync("221 bye", stop);
                        return;
                    default:
                        await SayAsync(word is "RSET" or "NOOP" or "HELO" ? "250 ok" : "502 unknown", stop);
                        break;
                }
            }
        }

        private static string AddressOf(string line) => line.Split('<', '>')[1];

        private async Task TakeReceiverAsync(string line, CancellationToken stop)
        {
            if (server.Mishaps.TryPeek(out var mishap) && mishap == SmtpMishap.Refuse)
            {
                server.Mishaps.TryDequeue(out _);
                await SayAsync("550 no such receiver", stop);
                return;
            }

            _to.Add(AddressOf(line));
            await SayAsync("250 ok", stop);
        }

        private async Task AuthenticateAsync(string line, CancellationToken stop)
        {
            var parts = line.Split(' ');
            string[] said;
            if (parts[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
            {
                var token = parts.Length > 2 ? parts[2] : await AskAsync("334 ", stop);
                said = Decode(token).Split('\0')[1..];
            }
            else
            {
                var user = await AskAsync("334 VXNlcm5hbWU6", stop);
                said = [Decode(user), Decode(await AskAsync("334 UGFzc3dvcmQ6", stop))];
            }

            var isKnown = server.Account is { } account && said[0] == account.User && said[1] == account.Password;
            _user = isKnown ? said[0] : "";
            await SayAsync(isKnown ? "235 welcome" : "535 wrong user or password", stop);
        }

        private static string Decode(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text));

        private async Task<string> AskAsync(string question, CancellationToken stop)
        {
            await SayAsync(question, stop);
            return await _reader.ReadLineAsync(stop) ?? "";
        }

        private async Task<bool> TakeDataAsync(CancellationToken stop)
        {
            await SayAsync("354 go on", stop);
            var text = new StringBuilder();
            while (await _reader.ReadLineAsync(stop) is { } line && line != ".")
            {
                text.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append('\n');
            }

            SmtpMishap? mishap = server.Mishaps.TryDequeue(out var next) ? next : null;
            if (mishap == SmtpMishap.Busy)
            {
                await SayAsync("451 try again later", stop);
                return true;
            }

            server.Taken.Enqueue(new TakenMail(_from, [.. _to], text.ToString(), _user));
            if (mishap == SmtpMishap.LoseAnswer)
            {
                return false;
            }

            await SayAsync("250 taken", stop);
            return true;
        }

        private async Task SayAsync(string line, CancellationToken stop) =>
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop);
    }
}
