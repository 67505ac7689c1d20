using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Turns a provider's name for a payer into a digest: equal payers have equal digests, and without the key nobody finds
/// the payer, or tries all of them. The key is made at first start, stays in <c>DATA/payer.key</c> (owner only) and is
/// never logged or shown. With another key the same payers have other digests. Thread-safe.
/// </summary>
internal sealed class PayerKey(IOptions<StorageOptions> storage, FleetDatabase database) : IHostedService
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "payer.key";

    private readonly Lock _reading = new();
    private byte[]? _key;

    /// <summary>The digest of a payer, 32 bytes; null when the bill names none.</summary>
    public byte[]? Digest(PaymentMethod provider, string payer) => payer.Length == 0
        ? null
        : HMACSHA256.HashData(Key(), Encoding.UTF8.GetBytes($"{provider}\n{payer}"));

    /// <summary>
    /// Makes the key when there is none, and reads it: a broken file stops the start, and so does another key than that
    /// of the services on the same database.
    /// </summary>
    /// <exception cref="StorageException">The file holds no key, or another one.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var own = Convert.ToHexStringLower(HMACSHA256.HashData(Key(), "KioskFleet"u8));
        if (!database.IsShared)
        {
            return;
        }

        var known = await database.WriteAsync(
            (connection, _) => PayerKeyStore.KeepFirst(connection, own), cancellationToken);
        if (known != own)
        {
            throw new StorageException($"{PathOf()}: holds another key of payers than the other services of "
                + $"{database.Name}: the same payer would be two. Put the file {FileName} of their data directory "
                + "here. If no service has it any more, empty the table payer_key: payers of earlier bills are then no "
                + "longer recognised.");
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private byte[] Key()
    {
        lock (_reading)
        {
            return _key ??= Read(PathOf());
        }
    }

    private string PathOf() => Path.Combine(Path.GetFullPath(storage.Value.DataDirectory), FileName);

    private static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            Make(path);
        }

        Span<byte> key = stackalloc byte[Secret.Bytes + 1];
        var text = File.ReadAllText(path).Trim();
        return Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, key, out var length)
            && length == Secret.Bytes
                ? key[..length].ToArray()
                : throw new StorageException($"{path}: holds no key of payers. Put back the file that was there: with "
                    + "another key the payers of earlier bills are no longer recognised.");
    }

    private static void Make(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(Secret.Make() + "\n"));
        file.Flush(flushToDisk: true);
    }
}
