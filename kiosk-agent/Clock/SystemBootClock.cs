using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Clock;

/// <summary>
/// The computer's own clocks. On Linux the kernel's boot id and <c>CLOCK_BOOTTIME</c>, which counts time asleep too,
/// so a restarted agent stays in its boot; elsewhere a random boot per process and the time provider's timestamps.
/// Thread-safe.
/// </summary>
internal sealed class SystemBootClock : BootClock
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const int ClockBootTime = 7;

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly bool _kernel;

    /// <summary>Reads the boot id once.</summary>
    public SystemBootClock(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _started = time.GetTimestamp();
        _kernel = KernelBoot() is { } boot && KernelMs() is not null;
        Boot = _kernel ? KernelBoot()!.Value : RandomBoot();
    }

    /// <inheritdoc/>
    public override BootId Boot { get; }

    /// <inheritdoc/>
    public override long MonotonicMs => _kernel && KernelMs() is { } ms
        ? ms
        : (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <inheritdoc/>
    public override long WallUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static BootId? KernelBoot()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(BootIdFile))
        {
            return null;
        }

        var text = File.ReadAllText(BootIdFile).Trim().Replace("-", "", StringComparison.Ordinal);
        return BootId.TryParse(text, out var boot) ? boot : null;
    }

    private static long? KernelMs() =>
        OperatingSystem.IsLinux() && NativeMethods.ClockGetTime(ClockBootTime, out var time) == 0
            ? time.Seconds * 1_000L + time.Nanoseconds / 1_000_000
            : null;

    private static BootId RandomBoot()
    {
        Span<byte> bytes = stackalloc byte[BootId.Size];
        RandomNumberGenerator.Fill(bytes);
        return BootId.Read(bytes);
    }

    /// <summary>The C library's timespec: both fields are a machine word on the systems we run on.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "clock_gettime")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int ClockGetTime(int clock, out Timespec time);
    }
}
