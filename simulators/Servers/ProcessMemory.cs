using System.Globalization;

namespace KioskFleet.Simulators.Servers;

/// <summary>Reads what the system says of a process's memory.</summary>
internal static class ProcessMemory
{
    private const string Peak = "VmHWM:";

    /// <summary>The most resident memory that a running process ever had, in MiB.</summary>
    /// <exception cref="CampaignException">The system does not tell: it is not Linux, or the process ended.</exception>
    public static double PeakMiB(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status")
                .First(static text => text.StartsWith(Peak, StringComparison.Ordinal));
            var kibibytes = line[Peak.Length..].Trim().Split(' ')[0];
            return Math.Round(long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024.0, 1);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            throw new CampaignException($"The memory of process {process} cannot be read: {error.Message}");
        }
    }
}
