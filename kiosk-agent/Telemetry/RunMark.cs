using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// A mark in a program's environment, which everything that it begins inherits: so these are found when the program
/// itself has ended and nobody is their parent any more. What throws the mark away is not found. Linux only; elsewhere
/// it finds nothing.
/// </summary>
internal sealed class RunMark
{
    private const string Variable = "KIOSKFLEET_TELEMETRY_RUN";

    /// <summary>Most looks: what began while others were ended is found at the next one.</summary>
    private const int MaxLooks = 5;

    private readonly string _value = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Marks a program before it is started.</summary>
    public void PutOn(ProcessStartInfo program) => program.Environment[Variable] = _value;

    /// <summary>Ends everything that bears the mark.</summary>
    public void EndAll()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var mark = Encoding.UTF8.GetBytes($"{Variable}={_value}");
        for (var look = 0; look < MaxLooks && EndFound(mark) > 0; look++)
        {
        }
    }

    private static int EndFound(byte[] mark)
    {
        var found = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && EnvironmentOf(folder).AsSpan().IndexOf(mark) >= 0)
            {
                found++;
                End(id);
            }
        }

        return found;
    }

    /// <summary>The environment; empty for what has ended or belongs to another user.</summary>
    private static byte[] EnvironmentOf(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
            or Win32Exception)
        {
            // It ended between the look and the blow.
            return;
        }
    }
}
