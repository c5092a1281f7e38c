<#
Prepares a Windows server for OpenStack, before its disk is exported from AWS. From `cfn2heat images prepare windows`.

  powershell -ExecutionPolicy Bypass -File prepare-windows.ps1 -Drivers D:\ -DryRun        says what it would do
  powershell -ExecutionPolicy Bypass -File prepare-windows.ps1 -Drivers D:\ -CloudbaseInit C:\CloudbaseInitSetup.msi

Run it as an administrator; a second run finds nothing to do. -Administrator NAME makes a second one, whose password is asked for.
-Drivers is the disc of VirtIO drivers or a folder laid out like it.
The page file comes back with: reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management" /v PagingFiles /f
and a restart, or by -KeepPageFile here. Works with PowerShell 2 and later (Windows Server 2008 R2 and later).
#>
param(
    [string]$Drivers = '',
    [string]$CloudbaseInit = '',
    [string]$Administrator = '',
    [switch]$KeepAgents,
    [switch]$KeepPageFile,
    [switch]$DryRun
)
$ErrorActionPreference = 'Stop'
$script:Changes = 0
$script:ByHand = 0
$Control = 'HKLM:\SYSTEM\CurrentControlSet'

function Write-ByHand([string]$Text) {
    $script:ByHand++
    Write-Output "BY HAND: $Text"
}

# One change: what it is, whether it is so already, and how it is made.
function Invoke-Change([string]$Text, [scriptblock]$IsDone, [scriptblock]$Make) {
    if (& $IsDone) { return }
    if ($DryRun) {
        $script:Changes++
        Write-Output "would $Text"
        return
    }
    try {
        & $Make | Out-Null
        $script:Changes++
        Write-Output "did $Text"
    }
    catch {
        Write-ByHand "this has failed: $Text ($($_.Exception.Message))"
    }
}

function Get-RegistryValue([string]$Key, [string]$Name) {
    $item = Get-ItemProperty -Path $Key -ErrorAction SilentlyContinue
    if ($item -and $item.PSObject.Properties[$Name]) { return $item.$Name }
    return $null
}

function Set-RegistryValue([string]$Key, [string]$Name, $Value, [string]$Type) {
    if (-not (Test-Path $Key)) { New-Item -Path $Key -Force | Out-Null }
    New-ItemProperty -Path $Key -Name $Name -Value $Value -PropertyType $Type -Force | Out-Null
}

# A program that must end with 0 or one of the given statuses.
function Invoke-Program([string]$File, [string[]]$Arguments, [int[]]$Fine = @(0)) {
    $process = Start-Process -FilePath $File -ArgumentList $Arguments -Wait -PassThru -WindowStyle Hidden
    if ($Fine -notcontains $process.ExitCode) { throw "$File ended with $($process.ExitCode)" }
}

# The folder that this Windows has on the disc of drivers.
function Get-DriverFolder {
    $system = Get-WmiObject Win32_OperatingSystem
    $build = [int]$system.BuildNumber
    $isServer = $system.ProductType -ne 1
    if ($build -lt 7600) { return '2k8' }
    if ($build -lt 9200) { if ($isServer) { return '2k8R2' } else { return 'w7' } }
    if ($build -lt 9600) { if ($isServer) { return '2k12' } else { return 'w8' } }
    if ($build -lt 10000) { if ($isServer) { return '2k12R2' } else { return 'w8.1' } }
    if (-not $isServer) { if ($build -ge 22000) { return 'w11' } else { return 'w10' } }
    if ($build -lt 17763) { return '2k16' }
    if ($build -lt 20348) { return '2k19' }
    if ($build -lt 26100) { return '2k22' }
    return '2k25'
}

# Windows starts a driver at boot when its service says so, and knows the disk by the driver's package in its store
# (since 2012) or by the database of critical devices (before).
function Enable-BootDriver([string]$File, [string]$Name, [string[]]$Devices) {
    Copy-Item -Path $File -Destination "$env:SystemRoot\System32\drivers\$Name.sys" -Force
    $service = "$Control\Services\$Name"
    Set-RegistryValue $service 'Type' 1 'DWord'
    Set-RegistryValue $service 'Start' 0 'DWord'
    Set-RegistryValue $service 'ErrorControl' 1 'DWord'
    Set-RegistryValue $service 'Group' 'SCSI miniport' 'String'
    Set-RegistryValue $service 'ImagePath' "system32\drivers\$Name.sys" 'ExpandString'
    Set-RegistryValue "$service\Parameters" 'BusType' 1 'DWord'
    if (Test-Path 'HKLM:\SYSTEM\DriverDatabase') { return }
    foreach ($device in $Devices) {
        $key = "$Control\Control\CriticalDeviceDatabase\PCI#$device"
        Set-RegistryValue $key 'Service' $Name 'String'
        Set-RegistryValue $key 'ClassGUID' '{4D36E97B-E325-11CE-BFC1-08002BE10318}' 'String'
    }
}

function Install-Drivers {
    if (-not $Drivers) {
        Write-ByHand 'give -Drivers with the disc of VirtIO drivers, or let `cfn2heat images convert` put them in'
        return
    }
    $folder = Get-DriverFolder
    $processor = if ($env:PROCESSOR_ARCHITECTURE -eq 'x86' -and -not $env:PROCESSOR_ARCHITEW6432) { 'x86' } else { 'amd64' }
    foreach ($name in 'viostor', 'vioscsi', 'NetKVM', 'Balloon') {
        $place = Join-Path $Drivers "$name\$folder\$processor"
        $file = Join-Path $place "$name.inf"
        if (-not (Test-Path $file)) {
            Write-ByHand "there is no $file"
            continue
        }
        $mark = "HKLM:\SOFTWARE\cfn2heat\Drivers"
        Invoke-Change "put the driver $name into the store" { (Get-RegistryValue $mark $name) -eq $folder } {
            Invoke-Program 'pnputil.exe' @('-a', "`"$file`"") @(0, 259)
            Set-RegistryValue $mark $name $folder 'String'
        }
    }
    $boot = @{ 'viostor' = @('VEN_1AF4&DEV_1001', 'VEN_1AF4&DEV_1042'); 'vioscsi' = @('VEN_1AF4&DEV_1004', 'VEN_1AF4&DEV_1048') }
    foreach ($name in $boot.Keys) {
        $file = Join-Path $Drivers "$name\$folder\$processor\$name.sys"
        if (-not (Test-Path $file)) { continue }
        Invoke-Change "let Windows load $name when it starts" { (Get-RegistryValue "$Control\Services\$name" 'Start') -eq 0 } {
            Enable-BootDriver $file $name $boot[$name]
        }
    }
}

function Enable-Access {
    Invoke-Change 'allow remote desktop' { (Get-RegistryValue "$Control\Control\Terminal Server" 'fDenyTSConnections') -eq 0 } {
        Set-RegistryValue "$Control\Control\Terminal Server" 'fDenyTSConnections' 0 'DWord'
    }
    Invoke-Change 'start remote desktop by itself' { (Get-RegistryValue "$Control\Services\TermService" 'Start') -eq 2 } {
        Set-Service -Name TermService -StartupType Automatic
    }
    $rules = "$Control\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
    $wanted = @{
        'cfn2heat-RDP'   = 'v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=3389|Name=Remote Desktop (moved server)|'
        'cfn2heat-ICMP4' = 'v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=1|ICMP4=8:*|Name=Ping (moved server)|'
        'cfn2heat-ICMP6' = 'v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=58|ICMP6=128:*|Name=Ping, IPv6 (moved server)|'
    }
    foreach ($name in $wanted.Keys) {
        Invoke-Change "open the firewall: $name" { (Get-RegistryValue $rules $name) -eq $wanted[$name] } {
            Set-RegistryValue $rules $name $wanted[$name] 'String'
        }
    }
}

# The password is asked for, so that it stands in no command line.
function Add-Administrator {
    if (-not $Administrator) { return }
    if ($Administrator -notmatch '^[A-Za-z][A-Za-z0-9_.-]{0,19}$') {
        Write-ByHand "$Administrator is no name for an administrator"
        return
    }
    $known = { $null -ne (Get-WmiObject Win32_UserAccount -Filter "LocalAccount=True AND Name='$Administrator'") }
    Invoke-Change "make $Administrator an administrator" $known {
        $asked = Read-Host "Password of $Administrator" -AsSecureString
        $pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($asked)
        $user = ([ADSI]"WinNT://$env:COMPUTERNAME").Create('User', $Administrator)
        $user.SetPassword([Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer))
        $user.SetInfo()
        [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer)
        $everywhere = New-Object Security.Principal.SecurityIdentifier('S-1-5-32-544')
        $group = $everywhere.Translate([Security.Principal.NTAccount]).Value.Split('\')[1]
        ([ADSI]"WinNT://$env:COMPUTERNAME/$group,group").Add("WinNT://$env:COMPUTERNAME/$Administrator")
    }
}

function Install-CloudbaseInit {
    if (Get-Service -Name 'cloudbase-init' -ErrorAction SilentlyContinue) { return }
    if (-not $CloudbaseInit) {
        Write-ByHand 'give -CloudbaseInit with its MSI: without it user data and passwords of OpenStack are not read'
        return
    }
    if (-not (Test-Path $CloudbaseInit)) {
        Write-ByHand "there is no $CloudbaseInit"
        return
    }
    Invoke-Change 'install cloudbase-init' { $false } {
        Invoke-Program 'msiexec.exe' @('/i', "`"$CloudbaseInit`"", '/qn', '/norestart') @(0, 3010)
    }
}

function Disable-Ballast {
    Invoke-Change 'switch hibernation off' { (Get-RegistryValue "$Control\Control\Power" 'HibernateEnabled') -eq 0 } {
        Invoke-Program 'powercfg.exe' @('/hibernate', 'off')
        Set-RegistryValue "$Control\Control\Power" 'HibernateEnabled' 0 'DWord'
    }
    if ($KeepPageFile) { return }
    $memory = "$Control\Control\Session Manager\Memory Management"
    Invoke-Change 'switch the page file off from the next start on' { @(Get-RegistryValue $memory 'PagingFiles' | Where-Object { $_ }).Count -eq 0 } {
        $computer = Get-WmiObject Win32_ComputerSystem -EnableAllPrivileges
        if ($computer.AutomaticManagedPagefile) {
            $computer.AutomaticManagedPagefile = $false
            $computer.Put() | Out-Null
        }
        Set-RegistryValue $memory 'PagingFiles' ([string[]]@()) 'MultiString'
    }
}

# They are kept from starting; those that run, run on until the export.
function Disable-Agents {
    $names = 'Ec2Config', 'Amazon EC2Launch', 'AmazonSSMAgent', 'AmazonCloudWatchAgent', 'AWSLiteAgent', 'AmazonLightAgent', 'cfn-hup'
    foreach ($name in $names) {
        if (-not (Get-Service -Name $name -ErrorAction SilentlyContinue)) { continue }
        Invoke-Change "keep $name from starting" { (Get-RegistryValue "$Control\Services\$name" 'Start') -eq 4 } {
            Set-Service -Name $name -StartupType Disabled
        }
    }
    $task = 'Amazon Ec2 Launch - Instance Initialization'
    $found = schtasks.exe /query /fo csv 2>$null | ConvertFrom-Csv | Where-Object { $_.TaskName -eq "\$task" }
    if ($found) {
        $isOff = { ([xml](schtasks.exe /query /tn "$task" /xml)).Task.Settings.Enabled -eq 'false' }
        Invoke-Change "keep the task $task from running" $isOff {
            Invoke-Program 'schtasks.exe' @('/change', '/tn', "`"$task`"", '/disable')
        }
    }
}

function Set-Disks {
    Invoke-Change 'bring new disks online' { (Get-RegistryValue "$Control\Services\partmgr\Parameters" 'SanPolicy') -eq 1 } {
        Set-RegistryValue "$Control\Services\partmgr\Parameters" 'SanPolicy' 1 'DWord'
    }
    if ($DryRun) {
        Write-Output "would look whether $env:SystemDrive is whole"
        return
    }
    $check = Start-Process -FilePath 'chkdsk.exe' -ArgumentList $env:SystemDrive -Wait -PassThru -WindowStyle Hidden
    if ($check.ExitCode -eq 0) {
        Write-Output "$env:SystemDrive is whole"
    }
    else {
        Invoke-Program 'fsutil.exe' @('dirty', 'set', $env:SystemDrive)
        Write-ByHand "$env:SystemDrive has errors, which the next start mends: restart before you export, then run this once more"
    }
}

$identity = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Write-Output 'Run it as an administrator.'
    exit 1
}
Install-Drivers
Enable-Access
Add-Administrator
Install-CloudbaseInit
Disable-Ballast
if (-not $KeepAgents) { Disable-Agents }
Set-Disks
Write-Output "$script:Changes changes, $script:ByHand left to do by hand"
